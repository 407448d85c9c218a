using System.Globalization;
using System.Runtime.InteropServices;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;
using ChaosBench.Server.Scheduling;
using Microsoft.Win32.SafeHandles;

namespace ChaosBench.Server.Workers;

/// <summary>
/// The worker's side: one replica of a model that takes requests from standard input and answers on standard output, until the
/// server that started it goes away.
/// </summary>
public static class WorkerHost
{
    /// <summary>The hidden verb of <c>chaosbench</c>; not for people.</summary>
    public const string Verb = "worker";

    /// <summary>Runs to the end of standard input. Call it on the main thread: it is the one that the parent's death is tied to.</summary>
    /// <param name="arguments">The process id of the server.</param>
    /// <returns>0 when the server closed the pipe, else 1.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 1 || !int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var parent))
        {
            Console.Error.WriteLine("chaosbench starts workers itself, for targets with isolation: process.");
            return 1;
        }

        if (OperatingSystem.IsLinux() && !Posix.DieWith(parent))
        {
            return 1;
        }

        // A Ctrl-C or a hang-up goes to the whole group: the server drains its requests, so its workers must outlive the signal.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var reader = new FrameReader(Console.OpenStandardInput());
        using var writer = new FrameWriter(OpenOutput(), "frames");
        try
        {
            return Serve(reader, writer);
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static Stream OpenOutput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardOutput()
        : new FileStream(new SafeFileHandle(Posix.TakeStandardOutput(), ownsHandle: true), FileAccess.Write, bufferSize: 0);

    private static int Serve(FrameReader reader, FrameWriter writer)
    {
        if (!reader.Read())
        {
            return 0;
        }

        var start = WorkerMessages.Read<WorkerStart>(reader.Payload);
        Replica replica;
        try
        {
            var folder = ModelFolder.Load(start.Model, start.Device);
            replica = new Replica(folder, start.Index, start.Sizes, TimeProvider.System)
            {
                Encoder = DecoderEmbedding.Load(start.Model, folder, places: 1),
            };
            replica.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            // Whatever it is, the server has to hear why; it tells the user.
            var refusal = e is ModelLoadException load
                ? new WorkerRefusal(load.Place, load.Message)
                : new WorkerRefusal(start.Model, $"{e.GetType().Name}: {SessionFactory.FirstLine(e.Message)}");
            writer.Post(FrameKind.LoadFailed, payload: WorkerMessages.Json(refusal));
            return 1;
        }

        writer.Post(FrameKind.Ready);
        new WorkerSession(replica, writer).Run(reader);
        return 0;
    }
}
