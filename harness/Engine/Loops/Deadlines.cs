namespace ChaosBench.Engine.Loops;

/// <summary>Something that is told when its time is up.</summary>
internal interface IDeadlined
{
    void OnDeadline();
}

/// <summary>One owner's place in a list of deadlines; made once and used again, so that waiting allocates nothing.</summary>
internal sealed class DeadlineNode(IDeadlined owner)
{
    public IDeadlined Owner => owner;

    /// <summary>Nanoseconds of the loop's clock.</summary>
    internal long Due { get; set; }

    internal DeadlineNode? Previous { get; set; }
    internal DeadlineNode? Next { get; set; }
    internal DeadlineList? List { get; set; }

    public void Cancel() => List?.Remove(this);
}

/// <summary>
/// Deadlines with one common delay: whoever comes last is due last, so adding, removing and finding the next all take one step.
/// </summary>
/// <param name="delay">Nanoseconds.</param>
internal sealed class DeadlineList(RunClock clock, long delay)
{
    private DeadlineNode? _first;
    private DeadlineNode? _last;

    /// <summary>When the next one is due; <see cref="long.MaxValue"/> when none waits.</summary>
    public long NextDue => _first?.Due ?? long.MaxValue;

    /// <returns>The instant now.</returns>
    public long Add(DeadlineNode node)
    {
        var now = clock.Now;
        Add(node, now);
        return now;
    }

    /// <param name="now">The instant from which the delay counts; no earlier than that of whoever came before.</param>
    public void Add(DeadlineNode node, long now)
    {
        node.Cancel();
        // A delay without end stays one.
        node.Due = delay > long.MaxValue / 2 ? long.MaxValue : Math.Max(now + delay, _last?.Due ?? 0);
        node.List = this;
        node.Previous = _last;
        if (_last is null)
        {
            _first = node;
        }
        else
        {
            _last.Next = node;
        }

        _last = node;
    }

    public void Remove(DeadlineNode node)
    {
        if (node.Previous is null)
        {
            _first = node.Next;
        }
        else
        {
            node.Previous.Next = node.Next;
        }

        if (node.Next is null)
        {
            _last = node.Previous;
        }
        else
        {
            node.Next.Previous = node.Previous;
        }

        (node.Previous, node.Next, node.List) = (null, null, null);
    }

    public void Expire(long now)
    {
        while (_first is { } node && node.Due <= now)
        {
            Remove(node);
            node.Owner.OnDeadline();
        }
    }
}
