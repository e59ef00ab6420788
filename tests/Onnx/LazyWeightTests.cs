using System.Runtime.CompilerServices;

namespace Unreel.Onnx.Tests;

/// <summary>Weights are asked for when their turn comes and let go of then: a model of any size is written in the memory of its largest tensor.</summary>
public sealed class LazyWeightTests
{
    [Theory]
    [InlineData(GraphFlavour.Portable)]
    [InlineData(GraphFlavour.Ort)]
    public void No_more_than_two_weights_are_in_memory(GraphFlavour flavour)
    {
        var counted = new CountedWeights(TinyClassifier.Weights());
        OnnxDocument document = ClassifierGraph.Write(TinyClassifier.Shape, counted, TinyClassifier.Contract(), new GraphOptions { Style = new GraphStyle(flavour) });
        Assert.Equal(0, counted.Reads);

        document.Save(Stream.Null);

        // One that is being written, and one whose reference the processor may still hold.
        Assert.InRange(counted.Reads, counted.Names.Count(), 2 * counted.Names.Count());
        Assert.InRange(counted.MostAlive, 1, 2);
    }

    private sealed class CountedWeights(WeightSet weights) : IWeights
    {
        private readonly List<WeakReference> _given = [];

        public int Reads { get; private set; }

        public int MostAlive { get; private set; }

        public IEnumerable<string> Names => weights.Names;

        public bool TryGet(string name, out Weight weight)
        {
            bool isThere = weights.TryGet(name, out Weight held);
            weight = held with { Read = () => Count(held) };
            return isThere;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private ReadOnlyMemory<float> Count(Weight held)
        {
            GC.Collect();
            MostAlive = Math.Max(MostAlive, 1 + _given.Count(given => given.IsAlive));
            Reads++;
            float[] copy = held.Read().ToArray();
            _given.Add(new WeakReference(copy));
            return copy;
        }
    }
}
