namespace ChaosBench.Chaos.Proxy;

/// <summary>How it goes on with a connection after a step.</summary>
public enum Flow
{
    /// <summary>As HTTP says.</summary>
    Continue,

    /// <summary>It is closed in order (FIN).</summary>
    Close,

    /// <summary>It is broken (RST).</summary>
    Reset,
}
