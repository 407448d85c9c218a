using System.Threading.Tasks.Sources;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>How a wait ended, if it did.</summary>
internal readonly record struct WaitEnd(bool IsThere, int Count, IOException? Broken)
{
    public void Tell(ref ManualResetValueTaskSourceCore<int> waiter)
    {
        if (!IsThere)
        {
            return;
        }

        if (Broken is not null)
        {
            waiter.SetException(Broken);
        }
        else
        {
            waiter.SetResult(Count);
        }
    }
}
