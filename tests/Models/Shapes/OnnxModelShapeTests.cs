using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Shapes;

public sealed class OnnxModelShapeTests
{
    [OnnxTestDataFact]
    public void Inferred_types_are_what_ONNXs_own_models_declare()
    {
        var known = 0;
        var failures = new List<string>();
        foreach (var path in OnnxTestData.Models)
        {
            var model = OnnxTestData.LoadWithFixedShapes(path);
            var declared = model.Graph.Outputs.ToArray();
            model.Graph.Outputs.Clear();
            try
            {
                var types = ShapeInference.Infer(model, strict: true);
                known++;
                // The window functions make their length out of floating-point numbers, which are not followed.
                if (path.Contains("window_", StringComparison.Ordinal)) continue;
                foreach (var output in declared.Where(o => o.Type is not null && types[o.Name] != o.Type))
                    failures.Add($"{OnnxTestData.NameOf(path)}: '{output.Name}' is {output.Type}, but {types[output.Name]} was inferred");
            }
            catch (GraphException exception) when (exception.Message.StartsWith("No shape rule", StringComparison.Ordinal))
            {
                continue;
            }
            catch (GraphException exception)
            {
                failures.Add($"{OnnxTestData.NameOf(path)}: {exception.Message}");
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(known > 850, $"Only {known} of {OnnxTestData.Models.Count} models have rules for all their ops.");
    }
}
