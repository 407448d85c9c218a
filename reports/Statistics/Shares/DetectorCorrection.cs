namespace ChaosBench.Reports.Statistics.Shares;

/// <summary>
/// The true share behind what an imperfect detector or judge reports: p = (observed + specificity - 1) / (sensitivity + specificity - 1),
/// clipped to 0..1 (Rogan and Gladen, American Journal of Epidemiology 107, 1978). Its interval must also carry what is not known of
/// the detector: apply it inside every bootstrap resample.
/// </summary>
public static class DetectorCorrection
{
    /// <summary>A detector that is hardly better than a coin would blow any noise up to a result.</summary>
    private const double LeastYouden = 0.01;

    public static Answer<double> Apply(double observed, double sensitivity, double specificity)
    {
        foreach (var share in (ReadOnlySpan<double>)[observed, sensitivity, specificity])
        {
            if (!(share >= 0 && share <= 1))
            {
                return Lack.NotDefined($"{share} is no share");
            }
        }

        var youden = sensitivity + specificity - 1;
        return youden < LeastYouden
            ? Lack.NotDefined($"a detector of sensitivity {sensitivity} and specificity {specificity} is no better than a coin")
            : Math.Clamp((observed + specificity - 1) / youden, 0, 1);
    }
}
