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
}
