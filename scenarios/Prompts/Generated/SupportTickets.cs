using System.Globalization;
using Bogus;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Prompts.Generated;

/// <summary>
/// Support tickets made up from the seed: names, companies, products and dates from Bogus, in the language of the locale where there
/// are phrases for it. Nothing depends on today or on the machine's culture.
/// </summary>
internal static class SupportTickets
{
    public const string Kind = "support-ticket";
    private const int MaxCount = 100_000;

    public static IReadOnlyList<string> Locales { get; } = Database.GetAllLocales().Order(StringComparer.Ordinal).ToList();

    /// <summary>Dates in tickets lie in the year before.</summary>
    private static readonly DateTime Reference = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    public static LoadedPrompts Load(PromptSet.Generated set, ulong seed)
    {
        if (set.Kind != Kind)
        {
            throw new PromptException($"prompts.{set.Name}: generated: {set.Kind} is not known; write {Kind}");
        }

        if (set.Count is < 1 or > MaxCount || set.Locales.Count == 0)
        {
            throw new PromptException(string.Create(
                CultureInfo.InvariantCulture, $"prompts.{set.Name}: needs a count of 1 to {MaxCount:N0} and at least one locale, for example locales: [en, de]"));
        }

        var writers = set.Locales.Distinct().Select(locale => new Writer(locale, Known(set, locale), seed, set.Name)).ToList();
        var prompts = Enumerable.Range(0, set.Count).Select(number => writers[number % writers.Count].Write(number)).ToList();
        return new LoadedPrompts(prompts, [], new Dictionary<string, string>());
    }

    /// <summary>The name under which Bogus has the data of a locale: <c>en</c>, <c>pt_BR</c> (also written <c>pt-BR</c>).</summary>
    private static string Known(PromptSet set, string locale)
    {
        var name = locale.Replace('-', '_');
        return Locales.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new PromptException($"prompts.{set.Name}: locale {locale} is not known; use one of {string.Join(", ", Locales)}");
    }

    /// <summary>One locale's tickets, from a random stream of its own: another locale in the list changes no ticket of this one.</summary>
    private sealed class Writer(string tag, string locale, ulong seed, string set)
    {
        private readonly TicketPhrases _phrases = TicketPhrases.For(locale);
        private readonly Faker _faker = new(locale)
        {
            Random = new Randomizer((int)(KeyedHash.Hash64(seed, "generated/" + set, locale) >> 33)),
        };

        private int _written;

        public Prompt Write(int number)
        {
            var intent = _faker.Random.ArrayElement(_phrases.Intents);
            var text = string.Format(
                CultureInfo.InvariantCulture,
                _faker.Random.ArrayElement(intent.Texts),
                _faker.Name.FirstName(),
                _faker.Random.Number(10_000, 99_999),
                _faker.Commerce.ProductName(),
                _faker.Date.Past(1, Reference).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                _faker.Finance.Amount(5, 900, 2));
            var id = string.Create(CultureInfo.InvariantCulture, $"{tag}-{_written++:D5}");
            return new Prompt(id, [new ChatMessage("user", text)], null, PromptTags.Of(("intent", intent.Name), ("locale", tag)));
        }
    }
}
