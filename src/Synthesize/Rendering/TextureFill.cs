using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Unreel.Synthesize.Rendering;

/// <summary>A texture, nearest texel.</summary>
internal readonly ref struct TextureFill(TexturePatch patch) : IFill
{
    private readonly TextureWalk _walk = new(patch);

    /// <inheritdoc/>
    public void Paint(ref byte line, int row, int from, int end)
    {
        TextureWalk.Steps at = _walk.Start(row, from, end);
        ref byte target = ref Unsafe.Add(ref line, from * 3);
        for (int pixel = from; pixel < end; pixel++)
        {
            ref byte texel = ref _walk.Next(ref at);
            Unsafe.WriteUnaligned(ref target, Unsafe.ReadUnaligned<ushort>(ref texel));
            Unsafe.Add(ref target, 2) = Unsafe.Add(ref texel, 2);
            target = ref Unsafe.Add(ref target, 3);
        }
    }
}

/// <summary>Walks a texture along rows of the canvas in whole numbers; what would leave the texture stays on its edge.</summary>
internal readonly ref struct TextureWalk(TexturePatch patch)
{
    private readonly ref byte _texels = ref MemoryMarshal.GetReference(patch.Texels);
    private readonly TextureMap _map = patch.Map;
    private readonly int _side = patch.Side;
    private readonly int _rowBytes = patch.Side * 3;

    /// <summary>Where a run of pixels starts, and whether all of it is on the texture.</summary>
    public Steps Start(int row, int from, int end)
    {
        int u = _map.U + ((from - _map.X) * _map.Ux) + ((row - _map.Y) * _map.Uy);
        int v = _map.V + ((from - _map.X) * _map.Vx) + ((row - _map.Y) * _map.Vy);
        int way = end - 1 - from;
        bool inside = IsInside(u) & IsInside(v) & IsInside(u + ((long)way * _map.Ux)) & IsInside(v + ((long)way * _map.Vx));
        return new Steps { U = u, V = v, IsInside = inside };
    }

    /// <summary>The texel of the next pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Next(ref Steps at)
    {
        int column = at.U >> 16, row = at.V >> 16;
        if (!at.IsInside)
            (column, row) = (Math.Clamp(column, 0, _side - 1), Math.Clamp(row, 0, _side - 1));

        at.U += _map.Ux;
        at.V += _map.Vx;
        return ref Unsafe.Add(ref _texels, (nint)((row * _rowBytes) + (column * 3)));
    }

    private bool IsInside(long place) => (ulong)place < (ulong)_side << 16;

    /// <summary>Where a walk is, in the units of <see cref="TextureMap"/>.</summary>
    public struct Steps
    {
        /// <summary>Texel column.</summary>
        public int U;

        /// <summary>Texel row.</summary>
        public int V;

        /// <summary>Whether no pixel of the run leaves the texture: a straight line whose ends lie inside does not.</summary>
        public bool IsInside;
    }
}
