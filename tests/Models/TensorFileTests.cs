using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using OnnxPipeline.Models.Proto;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Models.Tests;

/// <summary>Tensors in files of their own.</summary>
public sealed class TensorFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("<f4", ElementType.Float, 4)]
    [InlineData("<f8", ElementType.Double, 8)]
    [InlineData("<i8", ElementType.Int64, 8)]
    [InlineData("|u1", ElementType.UInt8, 1)]
    [InlineData("|b1", ElementType.Bool, 1)]
    [InlineData("<f2", ElementType.Float16, 2)]
    public void An_array_keeps_its_type_shape_and_bytes(string type, ElementType expected, int size)
    {
        byte[] data = [.. Enumerable.Range(0, 6 * size).Select(i => (byte)(i % 2))];
        foreach (var version in (byte[])[1, 2])
        {
            var tensor = Read("x.npy", Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2, 3), }}", data, version));
            Assert.Equal((expected, "[2,3]"), (tensor.ElementType, $"[{string.Join(",", tensor.Dims)}]"));
            Assert.Equal(data, tensor.Bytes.ToArray());
        }
    }

    [Fact]
    public void An_array_that_numpy_wrote_is_read()
    {
        // NumPy 1.24: numpy.save(f, numpy.array([1.5, -2, 3], dtype=numpy.float32))
        var file = Convert.FromBase64String("k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEA=");
        var tensor = Read("x.npy", file);
        Assert.Equal([3L], tensor.Dims);
        Assert.Equal([1.5f, -2, 3], tensor.Span<float>().ToArray());
    }

    [Theory]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4, "little-endian")]
    [InlineData("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", 20, "expected little-endian numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", 4, "numpy.ascontiguousarray")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4, "cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", 4, "cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "has the size '-1'")]
    [InlineData("{'fortran_order': False, 'shape': (1,), }", 4, "no 'descr'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", 4, "no 'shape'")]
    public void Arrays_that_are_no_tensors_are_refused_with_the_reason(string header, int bytes, string expected) => Refused("x.npy", Npy(header, new byte[bytes]), expected);

    [Fact]
    public void A_message_is_a_tensor_with_its_name()
    {
        var proto = new TensorProto { Name = "x", DataType = (int)ElementType.Float, Dims = { 2 }, FloatData = { 1.5f, -2 } };
        var tensor = Read("input_0.pb", proto.ToByteArray());
        Assert.Equal("x", tensor.Name);
        Assert.Equal([1.5f, -2], tensor.Span<float>().ToArray());

        Refused("cut.pb", proto.ToByteArray()[..^5], "cut.pb: not a tensor");
        Refused("empty.pb", [], "no element type");
        proto.Dims[0] = 3;
        Refused("short.pb", proto.ToByteArray(), "needs 12 bytes of data, but has 8");
        var external = new TensorProto { DataType = (int)ElementType.Float, Dims = { 2 }, DataLocation = TensorProto.Types.DataLocation.External };
        Refused("external.pb", external.ToByteArray(), "in another file");
    }

    [Fact]
    public void Whatever_the_bytes_are_a_file_is_read_or_refused() => Prop.ForAll<byte[], bool, int>((bytes, numpy, cut) =>
    {
        var file = numpy ? Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", bytes) : bytes;
        try
        {
            var tensor = Read(numpy ? "x.npy" : "x.pb", file[..Math.Clamp(cut * 3, 0, file.Length)]);
            Assert.True(tensor.ElementCount >= 0);
        }
        catch (ModelFormatException exception)
        {
            Assert.Contains("x.", exception.Message, StringComparison.Ordinal);
        }
    }).QuickCheckThrowOnFailure();

    private Initializer Read(string name, byte[] content)
    {
        File.WriteAllBytes(_folder.File(name), content);
        return TensorFile.Read(_folder.File(name));
    }

    private void Refused(string name, byte[] content, string expected) => Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Read(name, content)).Message, StringComparison.Ordinal);

    private static byte[] Npy(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.ASCII.GetBytes(header + "\n");
        var length = BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. version == 1 ? length[..2] : length, .. text, .. data];
    }
}
