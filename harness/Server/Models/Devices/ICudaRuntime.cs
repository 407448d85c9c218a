namespace ChaosBench.Server.Models.Devices;

/// <summary>The few calls of CUDA's runtime library that are used; the seam where tests put a card of their own. 0 is success.</summary>
internal interface ICudaRuntime
{
    int SetDevice(int device);

    int Allocate(long bytes, out nint address);

    int Free(nint address);

    /// <summary>Page-locked memory of this process.</summary>
    int AllocateHost(long bytes, out nint address);

    int FreeHost(nint address);

    int MemoryInfo(out long free, out long total);

    /// <summary>Within the device, behind what was asked for before.</summary>
    int Copy(nint from, nint to, Lines lines);

    int Clear(nint at, Lines lines);

    /// <summary>From page-locked memory, behind what was asked for before.</summary>
    int Upload(nint host, nint to, long bytes);

    /// <summary>Returns when the bytes are there.</summary>
    int Download(nint from, nint host, long bytes);

    /// <summary>Waits for copies and clearings.</summary>
    int Synchronize();

    /// <summary>The library's own words for a code.</summary>
    string Describe(int code);
}
