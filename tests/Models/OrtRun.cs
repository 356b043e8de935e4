using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Models.Tests;

/// <summary>Runs a model in ONNX Runtime on inputs of ones, or on given floats, to compare with what this library says of it.</summary>
internal static class OrtRun
{
    /// <summary>The types of all graph outputs, as ONNX Runtime computes them.</summary>
    public static IReadOnlyDictionary<string, TensorType> Types(Model model, long batch = 2)
    {
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
        using var results = session.Run([.. model.Graph.RequiredInputs.Select(input => Ones(input, batch))]);
        return results.ToDictionary(r => r.Name, TypeOf);
    }

    /// <summary>The first output, for one float input.</summary>
    public static float[] Floats(Model model, float[] input, params long[] shape)
    {
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(model.Graph.Inputs[0].Name, new DenseTensor<float>(input, Sizes(shape)))]);
        return [.. results[0].AsTensor<float>()];
    }

    /// <summary>The first output, for images of bytes.</summary>
    public static float[] OnBytes(Model model, byte[] pixels)
    {
        int[] image = [.. Sizes(model.Graph.Inputs[0].Type!.Value.Shape!.Skip(1).Select(d => d.Size!.Value))];
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(model.Graph.Inputs[0].Name, new DenseTensor<byte>(pixels, [pixels.Length / image.Aggregate((n, d) => n * d), .. image]))]);
        return [.. results[0].AsTensor<float>()];
    }

    /// <summary>Every output, as floats, for named inputs.</summary>
    public static IReadOnlyDictionary<string, float[]> Run(Model model, params (string Name, Array Values, int[] Shape)[] inputs)
    {
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1 });
        using var results = session.Run([.. inputs.Select(i => i.Values switch
        {
            float[] floats => NamedOnnxValue.CreateFromTensor(i.Name, new DenseTensor<float>(floats, i.Shape)),
            long[] longs => NamedOnnxValue.CreateFromTensor(i.Name, new DenseTensor<long>(longs, i.Shape)),
            _ => throw new NotSupportedException($"No test input of {i.Values.GetType().Name}."),
        })]);
        return results.ToDictionary(r => r.Name, r => r.AsTensor<float>().ToArray());
    }

    private static NamedOnnxValue Ones(Value input, long batch)
    {
        var sizes = Sizes(input.Type!.Value.Shape!.Select(d => d.Size ?? batch));
        return input.Type.Value.Element switch
        {
            ElementType.Float => Filled(input.Name, 1f, sizes),
            ElementType.Int64 => Filled(input.Name, 1L, sizes),
            ElementType.Int32 => Filled(input.Name, 1, sizes),
            ElementType.UInt8 => Filled(input.Name, (byte)1, sizes),
            ElementType.Int8 => Filled(input.Name, (sbyte)1, sizes),
            ElementType.Bool => Filled(input.Name, true, sizes),
            var other => throw new NotSupportedException($"No test input of {other}."),
        };
    }

    private static NamedOnnxValue Filled<T>(string name, T value, int[] sizes)
    {
        var tensor = new DenseTensor<T>(sizes);
        tensor.Fill(value);
        return NamedOnnxValue.CreateFromTensor(name, tensor);
    }

    private static TensorType TypeOf(DisposableNamedOnnxValue value) => value.Value switch
    {
        Tensor<float> t => Type(ElementType.Float, t),
        Tensor<long> t => Type(ElementType.Int64, t),
        Tensor<int> t => Type(ElementType.Int32, t),
        Tensor<byte> t => Type(ElementType.UInt8, t),
        Tensor<sbyte> t => Type(ElementType.Int8, t),
        Tensor<bool> t => Type(ElementType.Bool, t),
        var other => throw new NotSupportedException($"No test output of {other?.GetType()}."),
    };

    private static TensorType Type<T>(ElementType element, Tensor<T> tensor) => new(element, TensorShape.Of(tensor.Dimensions.ToArray().Select(d => (long)d)));

    private static int[] Sizes(IEnumerable<long> shape) => [.. shape.Select(s => (int)s)];
}
