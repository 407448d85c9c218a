namespace ChaosBench.Server.Tokenization;

public sealed class Tokenizer;
