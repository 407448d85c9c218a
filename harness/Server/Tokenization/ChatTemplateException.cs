namespace ChaosBench.Server.Tokenization;

/// <summary>The chat template refuses the messages (its own <c>raise_exception</c>) or the model has none: the caller's mistake, not ours.</summary>
public sealed class ChatTemplateException(string message) : Exception(message);
