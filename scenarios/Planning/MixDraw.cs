using System.Globalization;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// Draws requests from the mix. Weights are shares of requests, so a line with client-side batches is drawn less often by its
/// mean batch. Each line has random streams of its own: what one line draws does not depend on the others.
/// </summary>
internal sealed class MixDraw
{
    private readonly List<Line> _lines = [];
    private readonly double[] _cumulative;
    private readonly SplitMix64 _choice;

    /// <param name="load">Prompts of a set, undamaged.</param>
    public MixDraw(IReadOnlyList<MixEntry> mix, ulong seed, Func<PromptSet, IReadOnlyList<Prompt>> load)
    {
        _choice = KeyedHash.Stream(seed, "mix");
        _cumulative = new double[mix.Count];
        var uses = new Dictionary<string, int>();
        for (var at = 0; at < mix.Count; at++)
        {
            var name = mix[at].Prompts.Name;
            var use = uses[name] = uses.GetValueOrDefault(name) + 1;
            var line = new Line(mix[at], use == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.{use}"), seed, load(mix[at].Prompts));
            _lines.Add(line);
            _cumulative[at] = (at == 0 ? 0 : _cumulative[at - 1]) + (mix[at].Weight / mix[at].Batch.Average());
        }

        GroupSize = mix.Sum(entry => entry.Weight) / _cumulative[^1];
    }

    /// <summary>Mean requests of one draw.</summary>
    public double GroupSize { get; }

    /// <summary>One client-side batch: requests that arrive together, all with the same settings.</summary>
    /// <param name="replayed">Lines of this set ask what row <paramref name="row"/> of it asks, instead of drawing.</param>
    public IReadOnlyList<Draw> Next(PromptSet? replayed = null, int row = 0)
    {
        var point = _choice.NextDouble() * _cumulative[^1];
        var line = Array.FindIndex(_cumulative, edge => point < edge);
        return _lines[line < 0 ? ^1 : line].Next(replayed, row);
    }

    /// <summary>One request.</summary>
    /// <param name="Number">Among the draws of its line, from 0.</param>
    /// <param name="Prompt">Place in the line's prompts.</param>
    /// <param name="MaxTokens">Where nothing is recorded.</param>
    public readonly record struct Draw(Line Line, int Number, int Prompt, double Temperature, int MaxTokens, bool Stream, int Batch);

    /// <summary>One line of the mix.</summary>
    /// <param name="name">Its prompt set's, numbered where several lines have the same.</param>
    public sealed class Line(MixEntry entry, string name, ulong seed, IReadOnlyList<Prompt> prompts)
    {
        private readonly SplitMix64 _sweep = KeyedHash.Stream(seed, "sweep", name);
        private readonly Deck _deck = new(prompts.Count, KeyedHash.Stream(seed, "prompts", name));
        private int _drawn;

        public MixEntry Entry => entry;

        public string Name => name;

        public IReadOnlyList<Prompt> Prompts => prompts;

        public Draw[] Next(PromptSet? replayed, int row)
        {
            // Four draws in this order, so that every combination has an equal chance.
            var temperature = _sweep.Pick(entry.Temperatures);
            var maxTokens = _sweep.Pick(entry.MaxTokens);
            var stream = _sweep.Pick(entry.Stream);
            var batch = _sweep.Pick(entry.Batch);
            var draws = new Draw[batch];
            for (var at = 0; at < batch; at++)
            {
                var prompt = ReferenceEquals(entry.Prompts, replayed) ? row : _deck.Next();
                draws[at] = new Draw(this, _drawn++, prompt, temperature, maxTokens, stream, batch);
            }

            return draws;
        }
    }

    /// <summary>Every prompt once before any comes twice, in an order that is shuffled anew each round.</summary>
    private sealed class Deck(int count, SplitMix64 random)
    {
        private readonly int[] _order = Enumerable.Range(0, count).ToArray();
        private int _at;

        public int Next()
        {
            // Fisher-Yates, one step a draw.
            var other = _at + random.Next(count - _at);
            (_order[_at], _order[other]) = (_order[other], _order[_at]);
            var drawn = _order[_at];
            _at = (_at + 1) % count;
            return drawn;
        }
    }
}
