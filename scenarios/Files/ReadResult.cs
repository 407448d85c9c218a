using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>A suite, or every problem of the file at once.</summary>
public sealed record ReadResult
{
    internal ReadResult(string path, Suite? suite, IReadOnlyList<Problem> problems, Node? root)
    {
        Path = path;
        Suite = suite;
        Problems = problems;
        Root = root;
    }

    public string Path { get; }

    /// <summary>Null exactly when there are problems.</summary>
    public Suite? Suite { get; }

    /// <summary>In the order of the file; at most 100, the last then says so.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>The file after overrides; null when it could not be parsed.</summary>
    internal Node? Root { get; }

    /// <summary>A problem at the place of <paramref name="keys"/>, or of the nearest group of keys that exists.</summary>
    internal Problem At(IReadOnlyList<string> keys, string wrong, string right)
    {
        var node = Root;
        foreach (var key in keys)
        {
            if ((node as MapNode)?.Find(key) is not { } next)
            {
                break;
            }

            node = next;
        }

        return Reading.Problem(Path, node?.Place ?? default, wrong, right);
    }
}
