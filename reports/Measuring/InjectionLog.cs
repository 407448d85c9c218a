using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Measuring;

/// <summary>Whom each fault met, counted as the journal is read: a fault on requests meets as many units as the run has requests.</summary>
internal sealed class InjectionLog
{
    private readonly Dictionary<string, Met> _met = new(StringComparer.Ordinal);

    public void Add(JournalEvent.Injection injection, int line)
    {
        if (!_met.TryGetValue(injection.Fault, out var met))
        {
            _met[injection.Fault] = met = new Met();
        }

        met.Add(injection, line);
    }

    public Met Of(string fault) => _met.GetValueOrDefault(fault) ?? new Met();

    internal sealed class Met
    {
        private readonly HashSet<string> _units = new(StringComparer.Ordinal);

        public long Eligible { get; private set; }
        public long Selected { get; private set; }
        public long Applied { get; private set; }
        public long Bypassed { get; private set; }

        /// <summary>Earliest instant of an applied one, nanoseconds.</summary>
        public long? FirstAppliedAt { get; private set; }

        /// <summary>Earliest instant of a selected or applied one, nanoseconds.</summary>
        public long? FirstTouchedAt { get; private set; }

        public int? FirstAppliedLine { get; private set; }

        /// <summary>Keys of the units that were selected or changed.</summary>
        public IReadOnlySet<string> Units => _units;

        public void Add(JournalEvent.Injection injection, int line)
        {
            switch (injection.Kind)
            {
                case InjectionKind.Eligible:
                    Eligible++;
                    return;
                case InjectionKind.Bypassed:
                    Bypassed++;
                    return;
                case InjectionKind.Selected:
                    Selected++;
                    break;
                case InjectionKind.Applied:
                    Applied++;
                    FirstAppliedLine ??= line;
                    FirstAppliedAt = Math.Min(FirstAppliedAt ?? long.MaxValue, injection.At);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException($"no rule for {injection.Kind}");
            }

            FirstTouchedAt = Math.Min(FirstTouchedAt ?? long.MaxValue, injection.At);
            _units.Add(injection.Key);
        }
    }
}
