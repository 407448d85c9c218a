using System.Text;
using ChaosBench.Server;

namespace ChaosBench.Tests.Server.Scheduling;

/// <summary>Joins what it receives, counts tokens, and can act at a token.</summary>
internal sealed class CollectingSink(Action<int>? atToken = null) : IGenerationSink
{
    private readonly StringBuilder _text = new();
    private int _count;

    public string Text => _text.ToString();

    public int Count => _count;

    public void Tokens(int count, string text)
    {
        _text.Append(text);
        _count += count;
        atToken?.Invoke(_count);
    }
}
