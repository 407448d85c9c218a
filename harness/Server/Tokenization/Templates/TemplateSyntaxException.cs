namespace ChaosBench.Server.Tokenization.Templates;

/// <summary>A chat template is malformed or uses what the supported subset of Jinja lacks.</summary>
internal sealed class TemplateSyntaxException(int line, string problem) : Exception($"line {line}: {problem}");
