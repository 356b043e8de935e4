using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Export.Samples;

/// <summary>Tensors of strings for ONNX Runtime, which copies them one by one.</summary>
internal static class StringTensor
{
    public static OrtValue Of(IReadOnlyList<string> strings, long[] shape)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var i = 0; i < strings.Count; i++) value.StringTensorSetElementAt(strings[i], i);
        return value;
    }
}
