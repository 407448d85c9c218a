using System.Text;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Prompts;

/// <summary>Prompt files that exist only in the test.</summary>
internal sealed class MemoryFiles : IPromptFiles
{
    private readonly Dictionary<string, byte[]> _files = [];

    public MemoryFiles With(string path, string text) => With(path, Encoding.UTF8.GetBytes(text));

    public MemoryFiles With(string path, byte[] bytes)
    {
        _files[path] = bytes;
        return this;
    }

    public Stream Open(string path) =>
        _files.TryGetValue(path, out var bytes) ? new MemoryStream(bytes) : throw new PromptException($"{path}: no such file", new FileNotFoundException());
}
