namespace ChaosBench.Reports.Statistics;

/// <summary>A statistic, or by name why there is none: no number ever stands for "cannot tell".</summary>
public readonly struct Answer<T>
{
    private readonly T? _value;

    private Answer(T? value, Lack? lack) => (_value, Lack) = (value, lack);

    /// <summary>Null when there is a value.</summary>
    public Lack? Lack { get; }

    public bool IsKnown => Lack is null;

    /// <summary>Throws when there is none: ask <see cref="IsKnown"/> or <see cref="Lack"/> first.</summary>
    public T Value => Lack is null ? _value! : throw new InvalidOperationException(Lack.Reason);

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(Lack lack) => new(default, lack);

    /// <summary>The same lack, or something made of the value.</summary>
    public Answer<TTo> Then<TTo>(Func<T, Answer<TTo>> next) => Lack is { } lack ? lack : next(Value);

    public override string ToString() => Lack is null ? $"{_value}" : Lack.Reason;
}

/// <summary>Why there is no number.</summary>
/// <param name="Reason">A sentence for people: what was given and what it takes.</param>
public sealed record Lack(LackKind Kind, string Reason)
{
    public static Lack NotEnough(string reason) => new(LackKind.NotEnough, reason);

    public static Lack NotDefined(string reason) => new(LackKind.NotDefined, reason);
}

public enum LackKind
{
    /// <summary>Too few values for what is asked.</summary>
    NotEnough,

    /// <summary>A value is NaN, or infinite where only finite ones make sense.</summary>
    NotANumber,

    /// <summary>All values are alike: there is no deviation to measure by.</summary>
    NoSpread,

    /// <summary>The formula divides by zero or has no solution for these values.</summary>
    NotDefined,
}
