using ChaosBench.Scenarios.Files.Kinds;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>What may stand under <c>guardrails:</c> of an onnx target.</summary>
internal static class GuardrailKeys
{
    private static readonly Key<int> Characters = new(
        "characters", Scalars.Count(1, 1 << 24), "UTF-16 units of all messages together; more is refused.") { Default = "1048576" };

    private static readonly Key<int> Tokens = new(
        "tokens", Scalars.Count(1, 1 << 24), "Tokens of the prompt; more is refused. Without it: as many as the context holds.")
        { Example = "2048" };

    private static readonly Key<GuardAction> Surrogates = Action("surrogates", "Lone surrogates; sanitised to U+FFFD.", "sanitise");

    private static readonly Key<GuardAction> Controls = Action(
        "control", "Control characters other than tab, line feed and carriage return.", "sanitise");

    private static readonly Key<GuardAction> Invisible = Action(
        "invisible", "Bidi controls, zero-width characters and tags; scripts and emoji need some of them.", "allow");

    private static readonly Key<GuardAction> Injection = new(
        "injection", Scalars.Choice("an action", ("allow", GuardAction.Allow), ("refuse", GuardAction.Refuse)),
        "Well-known phrases and markers of prompt injection.") { Default = "allow" };

    public static Table<Target.GuardrailPolicy> Table { get; } = new(
        "guardrails", "guardrails", "What the server does about the text of a request before inference.",
        [Characters, Tokens, Surrogates, Controls, Invisible, Injection],
        keys => new Target.GuardrailPolicy(
            keys.Get(Characters), keys.Maybe(Tokens), keys.Get(Surrogates), keys.Get(Controls), keys.Get(Invisible), keys.Get(Injection)));

    private static Key<GuardAction> Action(string name, string what, string usual) => new(
        name, Scalars.Choice(
            "an action", ("allow", GuardAction.Allow), ("sanitise", GuardAction.Sanitise), ("refuse", GuardAction.Refuse)), what)
        { Default = usual };
}
