using System.Runtime.Versioning;
using ChaosBench.Chaos.Docker;

namespace ChaosBench.Chaos.Leases;

/// <summary>Carries out one heal action and looks whether it took. The only place that knows how each is done.</summary>
[SupportedOSPlatform("linux")]
public sealed class Healer(TimeProvider time)
{
    /// <summary>Longest wait for the effect of an action that was carried out.</summary>
    private static readonly TimeSpan EffectLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Harmless when the fault is gone already.</summary>
    /// <exception cref="LeaseException">It is still there, and why.</exception>
    public async Task<HealReport> HealAsync(HealAction action, CancellationToken cancellation)
    {
        try
        {
            return action switch
            {
                HealAction.ResumeProcess resume => await ResumeAsync(resume, cancellation).ConfigureAwait(false),
                HealAction.EndProcess end => await EndAsync(end, cancellation).ConfigureAwait(false),
                HealAction.UnpauseContainer unpause => await InEngineAsync(
                    unpause.Socket, engine => UnpauseAsync(engine, unpause.Container, cancellation)).ConfigureAwait(false),
                HealAction.StartContainer start => await InEngineAsync(
                    start.Socket, engine => StartAsync(engine, start.Container, cancellation)).ConfigureAwait(false),
                HealAction.ConnectNetwork connect => await InEngineAsync(
                    connect.Socket, engine => ConnectAsync(engine, connect, cancellation)).ConfigureAwait(false),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (DockerException gone) when (gone.IsMissing)
        {
            return new HealReport(false, "it was removed from the engine meanwhile");
        }
        catch (DockerException trouble)
        {
            throw new LeaseException(trouble.Message, trouble);
        }
    }

    private async Task<HealReport> ResumeAsync(HealAction.ResumeProcess resume, CancellationToken cancellation)
    {
        using var process = Open(resume.Process);
        if (process is null)
        {
            return Ended;
        }

        var wasStopped = resume.Process.Status() is { IsStopped: true };
        if (!process.Signal(Native.SigContinue, resume.Group))
        {
            return Ended;
        }

        await UntilAsync(() => resume.Process.Status() is not { IsStopped: true }, $"{resume.Process} is still stopped after SIGCONT", cancellation).ConfigureAwait(false);
        return wasStopped ? new HealReport(true, "it runs again") : new HealReport(false, "it was not stopped any more");
    }

    private async Task<HealReport> EndAsync(HealAction.EndProcess end, CancellationToken cancellation)
    {
        using var process = Open(end.Process);
        if (process is null || !process.Signal(Native.SigKill, group: true))
        {
            return Ended;
        }

        await UntilAsync(() => end.Process.Status() is null, $"{end.Process} is still there after SIGKILL", cancellation).ConfigureAwait(false);
        return new HealReport(true, "it has ended");
    }

    private static async Task<HealReport> UnpauseAsync(DockerEngine engine, string container, CancellationToken cancellation)
    {
        if (!(await engine.InspectAsync(container, cancellation).ConfigureAwait(false)).State.Paused)
        {
            return new HealReport(false, "it was not paused any more");
        }

        await engine.UnpauseAsync(container, cancellation).ConfigureAwait(false);
        return (await engine.InspectAsync(container, cancellation).ConfigureAwait(false)).State.Paused
            ? throw new LeaseException("the engine unpaused it, and it is still paused")
            : new HealReport(true, "it runs again");
    }

    private static async Task<HealReport> StartAsync(DockerEngine engine, string container, CancellationToken cancellation)
    {
        if ((await engine.InspectAsync(container, cancellation).ConfigureAwait(false)).State.Running)
        {
            return new HealReport(false, "it runs already");
        }

        await engine.StartAsync(container, cancellation).ConfigureAwait(false);
        return (await engine.InspectAsync(container, cancellation).ConfigureAwait(false)).State.Running
            ? new HealReport(true, "it runs again")
            : throw new LeaseException("the engine started it, and it does not run");
    }

    private static async Task<HealReport> ConnectAsync(DockerEngine engine, HealAction.ConnectNetwork connect, CancellationToken cancellation)
    {
        if (IsConnected(await engine.InspectAsync(connect.Container, cancellation).ConfigureAwait(false), connect.Network))
        {
            return new HealReport(false, "it is connected already");
        }

        await engine.ConnectAsync(connect.Container, connect.Network, connect.Aliases, connect.Address, cancellation).ConfigureAwait(false);
        return IsConnected(await engine.InspectAsync(connect.Container, cancellation).ConfigureAwait(false), connect.Network)
            ? new HealReport(true, "it is connected again")
            : throw new LeaseException("the engine connected it, and it is not connected");
    }

    private static bool IsConnected(ContainerFacts facts, string network) =>
        facts.NetworkSettings?.Networks?.Values.Any(attachment => attachment.NetworkID == network) ?? false;

    private static async Task<HealReport> InEngineAsync(string socket, Func<DockerEngine, Task<HealReport>> heal)
    {
        using var engine = new DockerEngine(socket);
        return await heal(engine).ConfigureAwait(false);
    }

    private static HealReport Ended { get; } = new(false, "it has ended");

    private static ProcessHandle? Open(ProcessIdentity process) => !process.IsOfThisBoot() ? null
        : process.IsOfThisNamespace() ? ProcessHandle.Open(process)
        : throw new LeaseException($"{process} belongs to another process namespace, a container's for example; run 'chaosbench heal' there");

    private async Task UntilAsync(Func<bool> holds, string otherwise, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(EffectLimit, time);
        while (!holds())
        {
            if (limit.IsCancellationRequested)
            {
                throw new LeaseException(otherwise);
            }

            await Task.Delay(LookAgain, time, cancellation).ConfigureAwait(false);
        }
    }
}

/// <param name="WasNeeded">False when there was nothing left of the fault.</param>
/// <param name="Found">How things stand now.</param>
public sealed record HealReport(bool WasNeeded, string Found);
