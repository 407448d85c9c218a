using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>Sends in two steps, so that what can be done before the planned instant is done before it.</summary>
internal interface ILauncher
{
    /// <summary>Makes the next request.</summary>
    void Ready(Arrival arrival, long planned);

    /// <summary>Its time has come. Never waits for the answer.</summary>
    void Launch();

    /// <summary>It will not be sent; whoever asks accounts for it.</summary>
    void Drop();
}
