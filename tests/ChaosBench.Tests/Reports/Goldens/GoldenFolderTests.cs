using System.Buffers.Binary;
using System.Text;
using ChaosBench.Reports.Goldens;
using ChaosBench.Tests.Support;
using Snapshot = ChaosBench.Reports.Goldens.Golden;

namespace ChaosBench.Tests.Reports.Goldens;

public sealed class GoldenFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Read_IsTheSame()
    {
        var golden = Write();

        var read = GoldenFolder.Read(_folder.Path);

        Assert.Equal(golden.Rows, read.Rows);
        Assert.Equal(golden.Vectors, read.Vectors);
        Assert.Equal(golden.CanaryVectors, read.CanaryVectors);
        Assert.Equal(golden.Snapshot.Cohorts, read.Snapshot.Cohorts);
        Assert.Equal(golden.Snapshot.Embedder, read.Snapshot.Embedder);
    }

    [Fact]
    public void Read_NoFolder_IsMissing() =>
        Assert.Equal(GoldenReasons.Missing, Refused(Path.Combine(_folder.Path, "none")));

    /// <summary>Cut anywhere: in the length, in the header, in the numbers.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(4_000)]
    public void Read_TruncatedVectors_IsRefused(int kept)
    {
        Write();
        File.WriteAllBytes(Vectors, File.ReadAllBytes(Vectors)[..kept]);

        Assert.Contains(Refused(_folder.Path), new[] { GoldenReasons.Damaged, GoldenReasons.Missing });
    }

    [Fact]
    public void Read_NumbersChanged_IsRefused()
    {
        Write();
        var bytes = File.ReadAllBytes(Vectors);
        bytes[^1] ^= 1;
        File.WriteAllBytes(Vectors, bytes);

        Assert.Equal(GoldenReasons.Damaged, Refused(_folder.Path));
    }

    [Fact]
    public void Read_OtherDimensionThanTheEmbedderSays_IsRefused()
    {
        var golden = Snapshots.Golden();
        GoldenFolder.Write(_folder.Path, golden with { Snapshot = golden.Snapshot with { Embedder = golden.Snapshot.Embedder with { Dimension = 17 } } });

        Assert.Equal(GoldenReasons.OtherDimension, Refused(_folder.Path));
    }

    [Fact]
    public void Read_NewerSchema_SaysSo()
    {
        Write();
        var path = Path.Combine(_folder.Path, GoldenFolder.SnapshotName);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"schema\": 1", "\"schema\": 2", StringComparison.Ordinal));

        Assert.Contains("use a newer chaosbench", Assert.Throws<GoldenException>(() => GoldenFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Lies => new(
        """{"answers":{"dtype":"F32","shape":[2,2],"data_offsets":[0,12]}}""",
        """{"answers":{"dtype":"F32","shape":[2,2],"data_offsets":[4,20]}}""",
        """{"answers":{"dtype":"F32","shape":[1000000000,2],"data_offsets":[0,8000000000]}}""",
        """{"answers":{"dtype":"F32","shape":[-2,-2],"data_offsets":[0,16]}}""",
        """{"answers":{"dtype":"F16","shape":[2,4],"data_offsets":[0,16]}}""",
        """{"answers":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""",
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}""",
        """{"answers":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""",
        """{"answers":{"shape":[2,2]}}""", "[]", "nonsense");

    [Theory]
    [MemberData(nameof(Lies))]
    public void Read_HeaderThatDoesNotAddUp_IsRefused(string header)
    {
        var path = _folder.File("lie.safetensors", "");
        File.WriteAllBytes(path, [.. Length(header.Length), .. Encoding.ASCII.GetBytes(header), .. new byte[16]]);

        Assert.Equal(GoldenReasons.Damaged, Assert.Throws<GoldenException>(() => SafeTensors.Read(path)).ReasonCode);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(1 << 30)]
    public void Read_HeaderLengthThatLies_IsRefused(long length)
    {
        var path = _folder.File("lie.safetensors", "");
        File.WriteAllBytes(path, [.. Length(length), .. new byte[100]]);

        Assert.Equal(GoldenReasons.Damaged, Assert.Throws<GoldenException>(() => SafeTensors.Read(path)).ReasonCode);
    }

    [Fact]
    public void Read_NotANumberInAVector_IsRefused()
    {
        var path = Path.Combine(_folder.Path, "nan.safetensors");
        SafeTensors.Write(path, new Dictionary<string, IReadOnlyList<float[]>> { ["answers"] = [[1, float.NaN]] });

        Assert.Equal(GoldenReasons.Damaged, Assert.Throws<GoldenException>(() => SafeTensors.Read(path)).ReasonCode);
    }

    private string Vectors => Path.Combine(_folder.Path, GoldenFolder.VectorsName);

    private Snapshot Write()
    {
        var golden = Snapshots.Golden();
        GoldenFolder.Write(_folder.Path, golden);
        return golden;
    }

    private static string Refused(string folder) => Assert.Throws<GoldenException>(() => GoldenFolder.Read(folder)).ReasonCode;

    private static byte[] Length(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }
}
