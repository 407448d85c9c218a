namespace ChaosBench.Server;

/// <summary>A sink that wants to know where the request goes before the first token.</summary>
public interface IRoutedSink : IGenerationSink
{
    /// <summary>Called before each try on a replica; must not block.</summary>
    /// <param name="degraded">A dependency was replaced by its fallback.</param>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    void Routed(int replica, bool degraded, int promptTokens);
}
