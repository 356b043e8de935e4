using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace OnnxPipeline.Models;

/// <summary>The initializers of a graph, in file order and by name.</summary>
public sealed class InitializerList : KeyedCollection<string, Initializer>
{
    internal InitializerList(IEnumerable<Initializer> tensors)
    {
        foreach (var tensor in tensors)
        {
            if (Contains(tensor.Name)) throw new ModelFormatException($"The graph has two initializers named '{tensor.Name}'; names must be unique.");
            Add(tensor);
        }
    }

    public bool TryGet(string? name, [NotNullWhen(true)] out Initializer? tensor)
    {
        tensor = null;
        return name is not null && TryGetValue(name, out tensor);
    }

    internal void Rename(Initializer tensor, string name) => ChangeItemKey(tensor, name);

    protected override void InsertItem(int index, Initializer item)
    {
        base.InsertItem(index, item);
        item.Owner = this;
    }

    protected override void SetItem(int index, Initializer item)
    {
        var former = this[index];
        base.SetItem(index, item);
        former.Owner = null;
        item.Owner = this;
    }

    protected override void RemoveItem(int index)
    {
        this[index].Owner = null;
        base.RemoveItem(index);
    }

    protected override void ClearItems()
    {
        foreach (var tensor in this) tensor.Owner = null;
        base.ClearItems();
    }

    protected override string GetKeyForItem(Initializer item) => item.Name;
}
