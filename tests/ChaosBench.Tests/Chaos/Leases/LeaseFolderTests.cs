using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Leases;

/// <summary>What is written is the user's alone; what is found there is not believed.</summary>
[SupportedOSPlatform("linux")]
public sealed class LeaseFolderTests : IDisposable
{
    private const string Container = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [LinuxFact]
    public void Write_EveryAction_ReadsBackAsWritten()
    {
        var folder = SomeLease.Folder(_temp);
        var process = ProcessIdentity.OfThis();
        HealAction[] actions =
        [
            new HealAction.ResumeProcess(process, Group: true),
            new HealAction.EndProcess(process),
            new HealAction.UnpauseContainer("/run/docker.sock", Container),
            new HealAction.StartContainer("/run/docker.sock", Container),
            new HealAction.ConnectNetwork("/run/docker.sock", Container, Container, ["svc"], "172.30.0.9"),
        ];
        for (var number = 0; number < actions.Length; number++)
        {
            folder.Write(SomeLease.Of(actions[number], process, ttl: 40, id: $"1-1-{number}")).Dispose();
        }

        var read = Read(folder);

        Assert.Equal(actions.Length, read.Count);
        Assert.All(read, file => Assert.Null(file.Refusal));
        Assert.Equal(actions[..4], read.Take(4).Select(file => file.Lease!.Heal));
        Assert.Equivalent(actions[4], read[4].Lease!.Heal);
        Assert.All(read, file => Assert.Equal((process, 40.0, "drill"), (file.Lease!.Owner, file.Lease.TtlSeconds!.Value, file.Lease.Run)));
    }

    [LinuxFact]
    public void Write_FolderAndFile_AreTheUsersAlone()
    {
        var folder = SomeLease.Folder(_temp);
        folder.Write(Resume()).Dispose();
        var path = Path.Combine(folder.Place, "1-1-1.json");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Place));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Place));
    }

    [LinuxTheory]
    [InlineData("{\"schema\":1,\"id\":\"1-1-1\"", "is no lease")]
    [InlineData("", "is no lease")]
    [InlineData("null", "holds null")]
    [InlineData("\u0000\u0001\u0002", "is no lease")]
    [InlineData("{\"schema\":2,\"whatever\":true}", "schema 2, and this chaosbench knows 1")]
    public void Files_TextThatIsNoLease_IsRefused(string text, string why)
    {
        var folder = SomeLease.Folder(_temp);
        File.WriteAllText(SomeLease.Leave(folder, Resume()), text);

        Assert.Contains(why, Refusal(folder), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("\"do\":\"resume-process\"", "\"do\":\"run-command\",\"command\":\"rm -rf /\"", "is no lease")]
    [InlineData("\"do\":\"resume-process\"", "\"do\":\"resume-process\",\"command\":\"id\"", "is no lease")]
    [InlineData("\"id\":\"1-1-1\"", "\"id\":\"2-2-2\"", "names itself differently")]
    [InlineData("\"ttlSeconds\":9", "\"ttlSeconds\":-1", "lasts for no time")]
    [InlineData("\"ttlSeconds\":9", "\"ttlSeconds\":1e99", "lasts for no time")]
    [InlineData("\"run\":\"drill\"", "\"run\":null", "is no lease")]
    [InlineData("\"run\":\"drill\",", "", "is no lease")]
    [InlineData("\"schema\":1", "\"schema\":0", "schema 0")]
    [InlineData("\"group\":false", "\"group\":{}", "is no lease")]
    public void Files_FieldThatNoRunWrites_IsRefused(string from, string to, string why)
    {
        var folder = SomeLease.Folder(_temp);
        var path = SomeLease.Leave(folder, Resume());
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(why, Refusal(folder), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Files_ProcessThatIsNoVictim_IsRefused(int pid)
    {
        var folder = SomeLease.Folder(_temp);
        SomeLease.Leave(folder, SomeLease.Of(new HealAction.EndProcess(ProcessIdentity.OfThis() with { Pid = pid }), SomeLease.Gone));

        Assert.Contains("no victim", Refusal(folder), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("docker.sock", Container)]
    [InlineData("/run/docker.sock", "../../containers/x")]
    public void Files_ContainerByOtherThanSocketAndId_IsRefused(string socket, string container)
    {
        var folder = SomeLease.Folder(_temp);
        SomeLease.Leave(folder, SomeLease.Of(new HealAction.StartContainer(socket, container), SomeLease.Gone));

        Assert.Contains("by ", Refusal(folder), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Files_OpenToOthers_IsRefused()
    {
        var folder = SomeLease.Folder(_temp);
        File.SetUnixFileMode(SomeLease.Leave(folder, Resume()), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);

        Assert.Contains("open to other users", Refusal(folder), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Files_OfAnotherUser_IsRefused()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root can give a file away");
        var folder = SomeLease.Folder(_temp);
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", SomeLease.Leave(folder, Resume())]);
        chown.WaitForExit();

        Assert.Contains("another user", Refusal(folder), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Files_LinkHugePipeAndStranger_AreRefused()
    {
        var folder = SomeLease.Folder(_temp);
        var real = SomeLease.Leave(folder, Resume());
        var elsewhere = Path.Combine(_temp.Path, "elsewhere.json");
        File.Move(real, elsewhere);
        File.CreateSymbolicLink(real, elsewhere);
        File.WriteAllText(Path.Combine(folder.Place, "2-2-2.json"), new string(' ', 1 << 20));
        File.SetUnixFileMode(Path.Combine(folder.Place, "2-2-2.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var make = System.Diagnostics.Process.Start("mkfifo", ["-m", "600", Path.Combine(folder.Place, "3-3-3.json")]))
        {
            make.WaitForExit();
        }

        File.WriteAllText(Path.Combine(folder.Place, "Notes.txt"), "");

        Assert.Equal(
            [(true, "is a link"), (true, "is larger"), (true, "is no file"), (true, "has not the name")],
            Read(folder).Zip(["is a link", "is larger", "is no file", "has not the name"])
                .Select(pair => (pair.First.Refusal!.Contains(pair.Second, StringComparison.Ordinal), pair.Second)));
    }

    [LinuxFact]
    public void Find_NoFolder_IsNothing() => Assert.Null(LeaseFolder.Find(SomeLease.PlaceIn(_temp)));

    [LinuxFact]
    public void Find_FolderOpenToOthers_SaysWhatToDo()
    {
        var folder = SomeLease.Folder(_temp);
        File.SetUnixFileMode(folder.Place, File.GetUnixFileMode(folder.Place) | UnixFileMode.OtherWrite);

        var refusal = Assert.Throws<LeaseException>(() => LeaseFolder.Find(folder.Place));

        Assert.Contains($"chmod 700 {folder.Place}", refusal.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Open_PlaceIsAFile_SaysPlaceAndRemedy()
    {
        Directory.CreateDirectory(Path.Combine(_temp.Path, "state"));
        File.WriteAllText(Path.Combine(_temp.Path, "state", "chaosbench"), "");

        var refusal = Assert.Throws<LeaseException>(() => SomeLease.Folder(_temp));

        Assert.Contains(SomeLease.PlaceIn(_temp), refusal.Message, StringComparison.Ordinal);
        Assert.Contains("XDG_STATE_HOME", refusal.Message, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("/s", "/h", "/s/chaosbench/leases")]
    [InlineData(null, "/h", "/h/.local/state/chaosbench/leases")]
    [InlineData("relative", "/h", "/h/.local/state/chaosbench/leases")]
    public void DefaultPlace_Variables_FollowTheXdgRules(string? state, string home, string expected) =>
        Assert.Equal(expected, LeaseFolder.DefaultPlace(name => name == "HOME" ? home : name == "XDG_STATE_HOME" ? state : null));

    private static Lease Resume() => SomeLease.Of(new HealAction.ResumeProcess(ProcessIdentity.OfThis(), Group: false), SomeLease.Gone, ttl: 9);

    private static List<LeaseFile> Read(LeaseFolder folder)
    {
        var files = folder.Files().ToList();
        files.ForEach(file => file.Dispose());
        return files;
    }

    private static string Refusal(LeaseFolder folder) => Assert.Single(Read(folder)).Refusal ?? "was not refused";

    [LinuxFact]
    public void Read_EveryHealAction_IsWhatWasWritten()
    {
        var (process, id) = (ProcessIdentity.OfThis(), new string('a', 64));
        HealAction[] actions =
        [
            new HealAction.ResumeProcess(process, Group: true), new HealAction.EndProcess(process), new HealAction.UnpauseContainer("/d.sock", id),
            new HealAction.StartContainer("/d.sock", id), new HealAction.ConnectNetwork("/d.sock", id, id, ["model"], "10.0.0.2"),
            new HealAction.ConnectNetwork("/d.sock", id, id, [], null),
        ];

        Assert.Equal(
            typeof(HealAction).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(HealAction))).ToHashSet(), actions.Select(action => action.GetType()).ToHashSet());
        foreach (var action in actions)
        {
            var read = LeaseText.Read(LeaseText.Write(SomeLease.Of(action, process)), "1-1-1");

            Assert.Equal(action.ToString(), read.Heal.ToString());
            Assert.Equal((action as HealAction.ConnectNetwork)?.Address, (read.Heal as HealAction.ConnectNetwork)?.Address);
        }
    }
}
