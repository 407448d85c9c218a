namespace ChaosBench.Scenarios.Planning;

/// <summary>Functions whose last bit does not depend on the machine's C library: a plan must be the same everywhere.</summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417232121458;

    /// <summary>
    /// Natural logarithm of a positive normal number, within 2 units in the last place: x = m * 2^e with m near 1, then
    /// ln m = 2 artanh s with s = (m - 1)/(m + 1). Only IEEE basic operations, which are exact in their rounding.
    /// </summary>
    public static double Log(double x)
    {
        var exponent = Math.ILogB(x);
        var mantissa = Math.ScaleB(x, -exponent);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var series = 0.0;

        // |s| <= 0.1716, so the term after these 12 is below 1e-19.
        for (var odd = 23; odd >= 1; odd -= 2)
        {
            series = (series * square) + (1.0 / odd);
        }

        return (exponent * Ln2) + (2 * s * series);
    }

    /// <summary>e^x within a few units in the last place: x = n ln 2 + r with r near 0, e^x = 2^n e^r by its series.</summary>
    public static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        if (x > 700)
        {
            return double.PositiveInfinity;
        }

        var n = Math.Round(x / Ln2);

        // ln 2 in two parts, the first with 21 zero bits at its end, so that n times it is exact.
        var r = x - (n * 0.693147180369123816490) - (n * 1.90821492927058770002e-10);
        var series = 1.0;

        // |r| <= 0.347, so the term after these 14 is below 1e-19.
        for (var term = 14; term >= 1; term--)
        {
            series = 1 + (series * r / term);
        }

        return Math.ScaleB(series, (int)n);
    }

    /// <summary>x^power of x &gt;= 0.</summary>
    public static double Pow(double x, double power) => x > 0 ? Exp(power * Log(x)) : 0;

    /// <summary>cos(2 pi x), absolute error below 1e-15: by the series of cosine or sine within an eighth of a turn.</summary>
    public static double CosOfTurns(double x)
    {
        // Of a turn, in [0, 1/2]: cosine is even and has period 1.
        var turn = Math.Abs(x - Math.Round(x));
        return turn <= 0.125 ? Cos(turn) : turn >= 0.375 ? -Cos(0.5 - turn) : Sin(0.25 - turn);

        // |angle| <= pi/4, so the term after the 16th power is below 1e-17.
        static double Cos(double turn) => Series(Angle(turn), 16);

        static double Sin(double turn) => Angle(turn) * Series(Angle(turn), 17);

        static double Angle(double turn) => 2 * Math.PI * turn;

        // 1 - x^2/(n(n-1)) (1 - x^2/((n-2)(n-3)) ( ... )): of cosine with an even highest power, of sine over its angle with an
        // odd one.
        static double Series(double angle, int power)
        {
            var series = 1.0;
            for (; power >= 2; power -= 2)
            {
                series = 1 - (angle * angle / (power * (power - 1)) * series);
            }

            return series;
        }
    }

    /// <summary>Logarithm of the gamma function of x &gt; 0: Stirling's series above 10, reached by G(x + 1) = x G(x).</summary>
    public static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 10; x++)
        {
            shift += Log(x);
        }

        var inverse = 1 / (x * x);
        var series = ((((((((-691.0 / 360360 * inverse) + (1.0 / 1188)) * inverse) - (1.0 / 1680)) * inverse) + (1.0 / 1260)) * inverse) - (1.0 / 360)) * inverse;
        return ((x - 0.5) * Log(x)) - x + 0.918938533204672741780 + ((series + (1.0 / 12)) / x) - shift;
    }
}
