namespace ChaosBench.Harness;

/// <summary>Where a command writes: results to <paramref name="Out"/>, messages for people to <paramref name="Error"/>.</summary>
public sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>Messages go to a person: colours and a live view are welcome unless NO_COLOR is set.</summary>
    public bool IsInteractive =>
        ReferenceEquals(Error, Console.Error) && !Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));
}
