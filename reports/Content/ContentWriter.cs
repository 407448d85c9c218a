using System.IO.Compression;
using System.Text.Json;
using System.Threading.Channels;

namespace ChaosBench.Reports.Content;

/// <summary>
/// Writes <c>content.jsonl.gz</c> beside a journal. Redaction, JSON and packing happen on a task of its own; what comes faster than that
/// is left out and counted, because texts must never hold up the load. What is not written here was never written raw.
/// </summary>
public sealed class ContentWriter : IAsyncDisposable
{
    public const string FileName = "content.jsonl.gz";

    /// <summary>Longer texts are cut, and say so.</summary>
    public const int MaxText = 16 * 1024;

    /// <summary>Characters of all texts together; later ones are left out.</summary>
    private const long MaxCharacters = 256L * 1024 * 1024;

    private readonly Channel<ContentLine> _channel = Channel.CreateBounded<ContentLine>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly RedactionRules _rules;
    private readonly Stream _stream;
    private readonly Task _pump;
    private long _leftOut;
    private long _written;

    /// <param name="stream">Taken over.</param>
    public ContentWriter(Stream stream, RedactionRules rules, double share)
    {
        _rules = rules;
        _stream = new GZipStream(stream, CompressionLevel.Fastest);
        _pump = Task.Run(() => PumpAsync(new ContentHeader(ContentHeader.CurrentSchema, share)));
    }

    /// <summary>Lines that were not kept: too fast, too much, or the disk was full.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Raw texts; returns at once.</summary>
    public void Write(ContentLine line)
    {
        if (!_channel.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _leftOut);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Writer.TryComplete();
        await _pump.ConfigureAwait(false);
    }

    private async Task PumpAsync(ContentHeader header)
    {
        await using (_stream.ConfigureAwait(false))
        {
            try
            {
                Line(header);
                await foreach (var line in _channel.Reader.ReadAllAsync().ConfigureAwait(false))
                {
                    if (_written > MaxCharacters)
                    {
                        Interlocked.Increment(ref _leftOut);
                        continue;
                    }

                    Line(Redacted(line));
                }
            }
            catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                // Texts are a convenience: a full disk ends them, and the journal says what it means for the run.
                _channel.Writer.TryComplete();
                Interlocked.Increment(ref _leftOut);
                while (_channel.Reader.TryRead(out _))
                {
                    Interlocked.Increment(ref _leftOut);
                }
            }
        }
    }

    private ContentLine Redacted(ContentLine line) => line with
    {
        Messages = [.. line.Messages.Select(message => message with { Content = Redacted(message.Content) })],
        Output = line.Output is { } output ? Redacted(output) : null,
        Expected = line.Expected is { } expected ? Redacted(expected) : null,
    };

    private string Redacted(string raw)
    {
        // Redacted before it is cut, and further than the cut, so that half a secret never stands at the end.
        var text = raw.Length > 2 * MaxText ? raw[..(2 * MaxText)] : raw;
        foreach (var rule in _rules.Rules)
        {
            text = rule.Apply(text);
        }

        if (text.Length > MaxText)
        {
            text = FormattableString.Invariant($"{text[..MaxText]}… (cut; {raw.Length} characters in all)");
        }

        _written += text.Length;
        return text;
    }

    private void Line<T>(T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, ContentFile.Json);
        _stream.Write(bytes);
        _stream.Write("\n"u8);
    }
}
