using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ChaosBench.Chaos.Leases;

/// <summary>One file of the folder, opened: a lease, or the reason why it is none.</summary>
[SupportedOSPlatform("linux")]
public sealed class LeaseFile : IDisposable
{
    private readonly SafeFileHandle? _file;

    private LeaseFile(string path, SafeFileHandle? file, Lease? lease, string? refusal)
    {
        Place = path;
        _file = file;
        Lease = lease;
        Refusal = refusal;
    }

    public string Place { get; }

    /// <summary>Null exactly when there is a <see cref="Refusal"/>.</summary>
    public Lease? Lease { get; }

    /// <summary>Why the file is never acted upon, with the remedy.</summary>
    public string? Refusal { get; }

    /// <summary>
    /// Takes the lease over: its owner is gone. False when it lives, or when somebody else heals right now. Both signs must agree: the
    /// lock, which the kernel releases at the owner's death, and the owner's identity, for file systems that pretend to lock.
    /// </summary>
    public bool TryTakeOver() =>
        _file is not null && Lease is not null && Lease.Owner.Status() is null && Native.TryLock(_file) && IsStillThere();

    public static LeaseFile Refused(string path, string why) => new(path, null, null, why);

    /// <summary>Null when it was removed meanwhile.</summary>
    internal static LeaseFile? Open(string path, string id)
    {
        var file = Native.OpenFile(path, out var error);
        if (file is null)
        {
            return error switch
            {
                Native.NotThere => null,
                Native.TooManyLinks => Refused(path, "is a link; remove it"),
                _ => Refused(path, $"cannot be opened ({Native.Message(error)}); remove it"),
            };
        }

        try
        {
            return Judge(path, id, file);
        }
        catch (Exception flaw) when (flaw is LeaseException or IOException)
        {
            file.Dispose();
            return Refused(path, $"{flaw.Message}; see by hand what it stands for, then remove it");
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Null when it was removed meanwhile.</summary>
    private static LeaseFile? Judge(string path, string id, SafeFileHandle file)
    {
        var facts = Native.Facts(file);
        var flaw = !facts.IsFile ? "is no file"
            : facts.Owner != Native.EffectiveUser() ? "belongs to another user"
            : facts.IsShared ? "is open to other users"
            : facts.Links > 1 ? "has a second name elsewhere"
            : facts.Size > LeaseText.Most ? $"is larger than {LeaseText.Most} bytes"
            : null;
        if (facts.Links == 0)
        {
            file.Dispose();
            return null;
        }

        if (flaw is not null)
        {
            throw new LeaseException(flaw);
        }

        var bytes = new byte[LeaseText.Most + 1];
        var read = RandomAccess.Read(file, bytes, 0);
        return new LeaseFile(path, file, LeaseText.Read(bytes.AsSpan(0, read), id), null);
    }

    /// <summary>It may have been healed and removed between the look and the lock.</summary>
    private bool IsStillThere() => Native.Facts(_file!).Links > 0;
}
