using System.Diagnostics;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// A rate profile as its integral L(t), the requests expected up to t, and the inverse of it. Arrivals of a unit-rate process at
/// s become arrivals at L^-1(s): for exponential gaps this is the non-homogeneous Poisson process, exactly (Cinlar 1975).
/// Seconds and requests.
/// </summary>
internal abstract class RateCurve
{
    /// <param name="seconds">Length of the run: where a ramp ends.</param>
    public static RateCurve Of(RateProfile profile, double seconds) => profile switch
    {
        RateProfile.Flat flat => new Lines([], flat.Rate.PerSecond),
        RateProfile.Ramp ramp => new Lines([new(0, seconds, ramp.From.PerSecond, ramp.To.PerSecond)], ramp.To.PerSecond),
        RateProfile.Step step => Held(step.To, (step.At.TotalSeconds, step.From)),
        RateProfile.Spike spike => Held(spike.Base, (spike.At.TotalSeconds, spike.Base), (spike.For.TotalSeconds, spike.Peak)),
        RateProfile.Sine sine => new Wave(sine.Mean.PerSecond, sine.Amplitude.PerSecond, sine.Period.TotalSeconds),
        RateProfile.Stages stages => Staged(stages.Each),
        _ => throw new UnreachableException(),
    };

    public abstract double At(double seconds);

    /// <summary>Requests expected in [0, seconds).</summary>
    public abstract double Integral(double seconds);

    /// <summary>
    /// The instant at which <see cref="Integral"/> reaches <paramref name="count"/>; infinite when it never does.
    /// </summary>
    public abstract double Inverse(double count);

    private static Lines Held(Rate last, params ReadOnlySpan<(double Length, Rate Rate)> parts)
    {
        var lines = new List<Line>();
        foreach (var (length, rate) in parts)
        {
            lines.Add(new Line(lines.Count == 0 ? 0 : lines[^1].End, length, rate.PerSecond, rate.PerSecond));
        }

        return new Lines(lines, last.PerSecond);
    }

    private static Lines Staged(IReadOnlyList<RateStage> stages)
    {
        var lines = new List<Line>();
        foreach (var stage in stages)
        {
            lines.Add(new Line(lines.Count == 0
                ? 0 : lines[^1].End, stage.For.TotalSeconds, stage.From.PerSecond, stage.To.PerSecond));
        }

        return new Lines(lines, stages[^1].To.PerSecond);
    }

    private sealed record Line(double Start, double Length, double From, double To)
    {
        public double End => Start + Length;

        public double RateAt(double after) => From + ((To - From) * after / Length);

        public double Count(double after) => (From + RateAt(after)) / 2 * after;

        /// <summary>From a t + c t^2 / 2 = n in the form 2n / (a + sqrt(a^2 + 2cn)), which loses no digits at c near 0.</summary>
        public double TimeOf(double count)
        {
            var square = (From * From) + (2 * (To - From) / Length * count);
            var speed = From + Math.Sqrt(Math.Max(0, square));
            return speed > 0 ? Math.Min(Length, 2 * count / speed) : Length;
        }
    }

    /// <summary>Straight lines one after another, and a rate that stays.</summary>
    private sealed class Lines(IReadOnlyList<Line> lines, double last) : RateCurve
    {
        public override double At(double seconds) =>
            lines.FirstOrDefault(line => seconds < line.End) is { } line ? line.RateAt(seconds - line.Start) : last;

        public override double Integral(double seconds)
        {
            var count = 0.0;
            foreach (var line in lines)
            {
                if (seconds < line.End)
                {
                    return count + line.Count(seconds - line.Start);
                }

                count += line.Count(line.Length);
            }

            return count + (last * (seconds - (lines.Count == 0 ? 0 : lines[^1].End)));
        }

        public override double Inverse(double count)
        {
            foreach (var line in lines)
            {
                var whole = line.Count(line.Length);
                if (count < whole)
                {
                    return line.Start + line.TimeOf(count);
                }

                count -= whole;
            }

            return last > 0 ? (lines.Count == 0 ? 0 : lines[^1].End) + (count / last) : double.PositiveInfinity;
        }
    }

    private sealed class Wave(double mean, double amplitude, double period) : RateCurve
    {
        public override double At(double seconds) => mean + (amplitude * PortableMath.CosOfTurns((seconds / period) - 0.25));

        public override double Integral(double seconds) =>
            (mean * seconds) + (amplitude * period / (2 * Math.PI) * (1 - PortableMath.CosOfTurns(seconds / period)));

        /// <summary>
        /// Bisection between two instants that surely lie around it: L(t) - mean t is between 0 and amplitude * period / pi.
        /// </summary>
        public override double Inverse(double count)
        {
            var (low, high) = (Math.Max(0, (count / mean) - (amplitude * period / (Math.PI * mean))), count / mean);
            for (var step = 0; step < 80 && high - low > 1e-10; step++)
            {
                var middle = (low + high) / 2;
                (low, high) = Integral(middle) < count ? (middle, high) : (low, middle);
            }

            return (low + high) / 2;
        }
    }
}
