using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace ChaosBench.Reports.Content;

/// <summary>
/// Writes <c>content.jsonl.gz</c> beside a journal. Redaction, JSON and packing happen on a task of its own, four times a second or as
/// soon as there are many: to wake a thread for each text would cost more than all of them. What comes faster than that is left out and
/// counted, because texts must never hold up the load. What is not written here was never written raw.
/// </summary>
public sealed class ContentWriter : IAsyncDisposable
{
    public const string FileName = "content.jsonl.gz";

    /// <summary>Longer texts are cut, and say so.</summary>
    public const int MaxText = 16 * 1024;

    /// <summary>Characters of all texts together; later ones are left out.</summary>
    private const long MaxCharacters = 256L * 1024 * 1024;

    private const int MostWaiting = 4096;

    /// <summary>Lines that are worth waking a thread for.</summary>
    private const int Many = MostWaiting / 4;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly Channel<ContentLine> _channel = Channel.CreateBounded<ContentLine>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Released once for every <see cref="Many"/> lines, and at the end.</summary>
    private readonly SemaphoreSlim _due = new(0);

    // The same prompts are asked again and again.
    private readonly ConditionalWeakTable<IReadOnlyList<ContentMessage>, Clean> _cleaned = [];
    private readonly RedactionRules _rules;
    private readonly Stream _stream;
    private readonly Task _pump;
    private long _leftOut;
    private long _taken;
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
        else if (Interlocked.Increment(ref _taken) % Many == 0)
        {
            _due.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel.Writer.TryComplete())
        {
            _due.Release();
        }

        await _pump.ConfigureAwait(false);
    }

    private async Task PumpAsync(ContentHeader header)
    {
        await using (_stream.ConfigureAwait(false))
        {
            try
            {
                Line(header);
                while (!_channel.Reader.Completion.IsCompleted)
                {
                    await _due.WaitAsync(Every).ConfigureAwait(false);
                    Drain();
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

    private void Drain()
    {
        while (_channel.Reader.TryRead(out var line))
        {
            if (_written > MaxCharacters)
            {
                Interlocked.Increment(ref _leftOut);
                continue;
            }

            Line(Redacted(line));
        }
    }

    private ContentLine Redacted(ContentLine line) => line with
    {
        Messages = Redacted(line.Messages),
        Output = line.Output is { } output ? Redacted(output) : null,
        Expected = line.Expected is { } expected ? Redacted(expected) : null,
    };

    private IReadOnlyList<ContentMessage> Redacted(IReadOnlyList<ContentMessage> raw)
    {
        if (_cleaned.TryGetValue(raw, out var known))
        {
            _written += known.Characters;
            return known.Messages;
        }

        var before = _written;
        List<ContentMessage> messages = [.. raw.Select(message => message with { Content = Redacted(message.Content) })];
        _cleaned.Add(raw, new Clean(messages, _written - before));
        return messages;
    }

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

    private sealed record Clean(IReadOnlyList<ContentMessage> Messages, long Characters);

    private void Line<T>(T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, ContentFile.Json);
        _stream.Write(bytes);
        _stream.Write("\n"u8);
    }
}
