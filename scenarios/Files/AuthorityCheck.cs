using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// What a suite would do that the operator has not allowed. A scenario file can ask for authority; it cannot grant any.
/// </summary>
public static class AuthorityCheck
{
    /// <summary>
    /// Environment variables and hosts that are missing from <paramref name="granted"/>; empty means the suite may run.
    /// </summary>
    /// <param name="granted">From the command line or the operator's policy file, never from
    /// <see cref="Suite.Requested"/>.</param>
    /// <param name="variables">The environment: hosts may hide in variables.</param>
    public static IReadOnlyList<Problem> Missing(
        ReadResult read, Authority granted, IReadOnlyDictionary<string, string> variables)
    {
        var environment = new EnvironmentResolver(granted.Environment, variables);
        return [.. environment.Missing(read),
            .. SuiteTexts.TargetsOf(read.Suite).SelectMany(target => HostsOf(target, read, granted, environment))];
    }

    private static IEnumerable<Problem> HostsOf(
        Target.OpenAi target, ReadResult read, Authority granted, EnvironmentResolver environment)
    {
        (string Key, Templated? Url)[] urls = [("url", target.Url), ("proxy", target.Proxy)];
        foreach (var (key, template) in urls)
        {
            // Unresolvable: its variables are problems already.
            if (template is null || environment.TryResolve(template) is not { } url)
            {
                continue;
            }

            var keys = SuiteTexts.KeysOf(target, key);
            if (Urls.Check(url) is { } flaw)
            {
                yield return read.At(keys, flaw.Wrong, flaw.Right);
            }
            else if (new Uri(url) is var parsed && !HostGrant.IsLoopback(parsed)
                && !granted.Hosts.Any(grant => HostGrant.Covers(grant, parsed)))
            {
                // A host out of a variable stays unnamed: errors end up in logs.
                var isHidden = Template.Contains(template.Template);
                var host = Shown.Plain(HostGrant.WithPort(parsed));
                var where = isHidden ? "a host that is" : $"{host}, which is";
                yield return read.At(
                    keys, $"the {key} of target {Shown.Quoted(target.Name)} reaches out to {where} not allowed",
                    isHidden ? $"run with --allow-host HOST:PORT for the host in {Shown.Plain(Urls.Public(template.Template))}"
                        : $"run with --allow-host {host}");
            }
        }
    }
}
