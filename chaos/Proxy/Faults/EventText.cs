namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary>What an event of a completion stream is, told from its bytes without reading its JSON: a proxy must not be as strict as a client.</summary>
internal static class EventText
{
    public static bool IsDone(ReadOnlySpan<byte> piece) => piece.IndexOf("data: [DONE]"u8) >= 0 || piece.IndexOf("data:[DONE]"u8) >= 0;

    /// <summary>Has a <c>data</c> line: not a comment alone.</summary>
    public static bool IsData(ReadOnlySpan<byte> piece) => piece.IndexOf("data:"u8) >= 0;

    public static bool HasUsage(ReadOnlySpan<byte> piece) => piece.IndexOf("\"usage\":{"u8) >= 0 || piece.IndexOf("\"usage\": {"u8) >= 0;

    public static bool HasFinish(ReadOnlySpan<byte> piece) =>
        piece.IndexOf("\"finish_reason\":\""u8) >= 0 || piece.IndexOf("\"finish_reason\": \""u8) >= 0;

    /// <summary>Usage and nothing of the answer. Beside text it is a running count, which servers send on request.</summary>
    public static bool IsUsageAlone(ReadOnlySpan<byte> piece) => HasUsage(piece) && !HasChoices(piece);

    /// <summary>Text that a person would see: part of the answer.</summary>
    public static bool HasChoice(ReadOnlySpan<byte> piece) => IsData(piece) && !IsDone(piece) && !HasFinish(piece) && !IsUsageAlone(piece);

    private static bool HasChoices(ReadOnlySpan<byte> piece) => piece.IndexOf("\"choices\":[{"u8) >= 0 || piece.IndexOf("\"choices\": [{"u8) >= 0;
}
