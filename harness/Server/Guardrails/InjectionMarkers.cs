using System.Text.RegularExpressions;

namespace ChaosBench.Server.Guardrails;

/// <summary>
/// Well-known phrases and markers of prompt injection, in English. A net with wide meshes: it stops what is copied from lists, not
/// an author who knows it. Linear in the text's length.
/// </summary>
internal static class InjectionMarkers
{
    // Not compiled ahead by the generator: that one has no engine without backtracking.
    private static readonly Regex Known = new(
        """
        \b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(previous|prior|above|earlier|preceding|all|your|system|any)\b.{0,40}\b(instructions?|prompts?|rules?|directions?|guidelines?|restrictions?|text)\b
        |<\|\s*(im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\s*\|?>
        |\[/?(INST|SYSTEM)\]|<</?SYS>>|^\s*\#{2,}\s*(instruction|system|response)
        |\b(reveal|print|repeat|show|output|leak|display)\b.{0,40}\b(system|initial|hidden|original)\s+(prompt|instructions?|message)
        |\b(new|updated|real)\s+(system\s+)?instructions?\s*:
        |\b(jailbreak|developer|dan|god|sudo)\s+mode\b|\byou\s+are\s+now\s+(dan|in|free|an?\s+unrestricted)\b
        """,
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
            | RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace);

    public static bool IsIn(string text) => Known.IsMatch(text);
}
