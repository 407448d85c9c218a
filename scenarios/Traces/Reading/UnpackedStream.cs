using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Traces.Reading;

/// <summary>
/// Unpacked bytes of a file. Damage in the packing becomes an error that names the line up to which the file is whole.
/// </summary>
internal sealed class UnpackedStream(Stream inner, string path) : ForwardStream(inner)
{
    private long _lines;
    private bool _any;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = Inner.Read(buffer);
            _lines += buffer[..read].Count((byte)'\n');
            _any |= read > 0;
            return read == 0 && !_any
                ? throw new PromptException($"{path}: unpacks to nothing; the file was cut off, fetch it again")
                : read;
        }
        catch (InvalidDataException damaged)
        {
            throw new PromptException(
                FormattableString.Invariant(
                    $"{path}:{_lines + 1}: the gzip data is damaged or cut off here; fetch the file again"), damaged);
        }
    }
}
