using System.Xml.Linq;
using ChaosBench.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit.Abstractions;

namespace ChaosBench.Tests;

/// <summary>Keeps the arrows between the projects, and tells where a file or method has become two rooms.</summary>
public sealed class ArchitectureTests(ITestOutputHelper output)
{
    private const int FileCeiling = 250;
    private const int MethodCeiling = 50;
    private const int ParameterCeiling = 6;

    /// <summary>Far beyond: a ceiling is a habit, this is a fence.</summary>
    private const double Fence = 1.6;

    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["ChaosBench.Scenarios"] = [],
        ["ChaosBench.Chaos"] = ["ChaosBench.Scenarios"],
        ["ChaosBench.Reports"] = ["ChaosBench.Scenarios"],
        ["ChaosBench.OnnxRuntime"] = [],
        ["ChaosBench.Server"] = ["ChaosBench.OnnxRuntime"],
        ["ChaosBench.Engine"] = ["ChaosBench.Chaos", "ChaosBench.Reports", "ChaosBench.Scenarios"],
        ["ChaosBench.Harness"] = ["ChaosBench.Engine", "ChaosBench.Server"],
        ["ChaosBench.Tests"] = ["ChaosBench.Harness"],
        ["ChaosBench.Benchmarks"] = ["ChaosBench.Harness"],
    };

    [Fact]
    public void Projects_References_PointOneWay()
    {
        var seen = Projects().ToDictionary(
            path => Path.GetFileNameWithoutExtension(path),
            path => XDocument.Load(path).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
                .Order(StringComparer.Ordinal).ToArray());

        foreach (var (project, references) in seen)
        {
            Assert.True(Arrows.TryGetValue(project, out var allowed), $"{project} is not in the layout");
            Assert.Equal(allowed!, references);
        }
    }

    [Fact]
    public void Projects_OnnxRuntime_IsSeenByTheServerAlone()
    {
        var offenders = Sources()
            .Where(path => !path.Contains("/harness/Server/", StringComparison.Ordinal) && !path.Contains("/tests/", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal))
            .Select(Relative);
        Assert.Empty(offenders);
    }

    [Fact]
    public void Sources_Sizes_StayWithinTheFence()
    {
        var broken = new List<string>();
        foreach (var path in Sources().Where(path => !path.Contains("/tests/", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(path);
            Note(broken, Relative(path), text.Count(letter => letter == '\n'), FileCeiling, "lines");
            foreach (var method in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>())
            {
                var name = $"{Relative(path)}: {NameOf(method)}";
                var span = method.GetLocation().GetLineSpan();
                Note(broken, name, span.EndLinePosition.Line - span.StartLinePosition.Line + 1, MethodCeiling, "lines");
                Note(broken, name, method.ParameterList.Parameters.Count, ParameterCeiling, "parameters");
            }
        }

        Assert.Empty(broken);
    }

    private void Note(List<string> broken, string name, int size, int ceiling, string unit)
    {
        if (size <= ceiling)
        {
            return;
        }

        var line = $"{name}: {size} {unit}, ceiling {ceiling}";
        output.WriteLine(line);
        if (size > ceiling * Fence)
        {
            broken.Add(line);
        }
    }

    private static string NameOf(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    private static IEnumerable<string> Projects() => Files("*.csproj");

    private static IEnumerable<string> Sources() => Files("*.cs");

    private static IEnumerable<string> Files(string pattern) =>
        new[] { "scenarios", "chaos", "reports", "harness", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), pattern, SearchOption.AllDirectories))
            .Select(path => path.Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');
}
