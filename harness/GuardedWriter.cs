using System.Text;

namespace ChaosBench.Harness;

/// <summary>
/// A standard stream that the caller may close or whose disk may fill up. Messages for people are then lost: a run that could not heal
/// because nobody listens would be worse. Results that cannot be written are an error with a name.
/// </summary>
/// <param name="lossy">True for messages, false for results.</param>
internal sealed class GuardedWriter(TextWriter inner, bool lossy) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Guard(() => inner.Write(value));

    public override void Write(string? value) => Guard(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Guard(() => inner.WriteLine(value));

    public override void Flush() => Guard(inner.Flush);

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            if (!lossy)
            {
                throw new LostOutputException((gone.InnerException ?? gone).Message);
            }
        }
    }
}

/// <summary>Standard output took no more. Exit code 3.</summary>
internal sealed class LostOutputException(string why)
    : Exception($"standard output cannot be written ({why}); redirect it to a place with space, for example > results.txt");
