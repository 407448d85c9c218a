using ChaosBench.Reports.Provenance;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Provenance;

/// <summary>Parts against the operator's policy of licences.</summary>
internal static class Licensing
{
    private const long MostBytes = 1 << 20;

    /// <exception cref="UsageException">A file that cannot be read, or every problem in it.</exception>
    public static LicencePolicy Load(FileInfo file)
    {
        try
        {
            var bytes = file.Length <= MostBytes ? File.ReadAllBytes(file.FullName)
                : throw new UsageException($"{file}: larger than {MostBytes} bytes; a policy of licences is not.");
            var (policy, problems) = LicencePolicyFile.Read(file.ToString(), bytes);
            return policy ?? throw new UsageException([.. problems.Select(problem => problem.ToString())]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file}: cannot be read ({exception.Message}); name a policy of licences, for example: allowed: [MIT, Apache-2.0].");
        }
    }

    /// <returns>What the policy forbids, and what it only warns of; one sentence each.</returns>
    public static (IReadOnlyList<string> Refused, IReadOnlyList<string> Warnings) Judge(PartsList list, LicencePolicy policy)
    {
        var (refused, warnings) = (new List<string>(), new List<string>());
        foreach (var finding in LicenceJudge.Judge(list, policy))
        {
            var line = $"{(finding.Part == list.Whole.Name ? "" : list.Whole.Name + ": ")}{finding.Part}: {finding.Why}";
            if (finding.Standing == LicenceStanding.Denied || (finding.Standing == LicenceStanding.Unknown
                && policy.Unknown == UnknownLicence.Fail))
            {
                refused.Add(line);
            }
            else if (finding.Standing == LicenceStanding.Unknown && policy.Unknown == UnknownLicence.Warn)
            {
                warnings.Add(line);
            }
        }

        return (refused, warnings);
    }
}
