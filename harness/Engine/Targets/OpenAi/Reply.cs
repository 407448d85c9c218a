using System.Text;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>What a reply has said so far.</summary>
internal sealed class Reply
{
    /// <summary>A reply with more output is an attack on our memory.</summary>
    public const int MaxTextChars = 16 * 1024 * 1024;

    private readonly StringBuilder _text = new();

    /// <summary>Events with at least one token: content, reasoning, refusal or tool-call arguments.</summary>
    public int TokenEvents { get; set; }

    public string? FinishReason { get; set; }
    public int? InputTokens { get; set; }
    public int? OutputTokens { get; set; }

    /// <summary>Type and code of an error object inside a reply that began well. Never its message: that may quote the prompt.</summary>
    public string? Error { get; set; }

    public string Text => _text.ToString();

    public bool IsTooLarge => _text.Length > MaxTextChars;

    public void Append(string text) => _text.Append(text);
}
