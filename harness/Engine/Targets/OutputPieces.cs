using System.Text;

namespace ChaosBench.Engine.Targets;

/// <summary>Everything that a reply generated, event by event: content, reasoning, refusals, names and arguments of tool calls.</summary>
/// <param name="Utf8">Valid UTF-8, the events one after another.</param>
/// <param name="Ends">Where each event ends in it.</param>
public sealed record OutputPieces(ReadOnlyMemory<byte> Utf8, IReadOnlyList<int> Ends)
{
    public string Whole => Encoding.UTF8.GetString(Utf8.Span);

    public string this[int number]
    {
        get
        {
            var start = number == 0 ? 0 : Ends[number - 1];
            return Encoding.UTF8.GetString(Utf8.Span[start..Ends[number]]);
        }
    }
}
