using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>The doc comments of options, from the XML files that the compiler leaves beside the assemblies.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<Assembly, Dictionary<string, XElement>> _files = [];

    public string? Summary(Type type) => Find(type.Assembly, "T:" + type.FullName);

    public string? Summary(PropertyInfo property) => Find(property.DeclaringType!.Assembly, $"P:{property.DeclaringType.FullName}.{property.Name}");

    private string? Find(Assembly assembly, string member)
    {
        if (!_files.TryGetValue(assembly, out var members)) _files[assembly] = members = Load(assembly);
        return members.GetValueOrDefault(member)?.Element("summary") is { } summary ? Space().Replace(Flatten(summary), " ").Trim() : null;
    }

    private static Dictionary<string, XElement> Load(Assembly assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        return File.Exists(path) ? XDocument.Load(path).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value) : [];
    }

    /// <summary>The text of a comment; a reference to an option becomes the option's key.</summary>
    private static string Flatten(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } target => Names.Key(target.Value.Split('.')[^1]),
        XElement { Name.LocalName: "see" } see => see.Attribute("langword")?.Value ?? see.Value,
        XElement child => Flatten(child),
        _ => "",
    }));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
