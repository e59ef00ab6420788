using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>
/// Visible places that go where the content goes (Huang et al., "MGMAE: Motion Guided Masking for Video Masked Autoencoding", 2023): in
/// the middle frame a random tenth of the places is chosen, a Gaussian about the middle of each makes a map of how visible every point is, and
/// optical flow carries that map from frame to frame (backwards: every point asks where it was). What comes from
/// outside the picture is filled from the middle frame's map. The places with the largest sums over a slot's frames are visible.
/// </summary>
/// <remarks>
/// Gaussians have a standard deviation of a patch (16 pixels in the paper, which has patches of 16). The map is kept at every quarter of
/// a patch, which such Gaussians do not notice. Where the flow is not known it is found from the pixels.
/// </remarks>
/// <param name="ratio">The hidden share of a slot's places, above 0 and below 1; the integer part of (1 - ratio) x places is visible: 19 of 196 at .9.</param>
public sealed class MotionFlowMask(double ratio) : IMaskStrategy
{
    private const int CellsAPlace = 4, FlowCellsAPlace = 2;

    // Makes up for ratios that have no exact double: (1 - .9) x 10 is a little less than 1.
    private const double Rounding = 1e-9;

    /// <inheritdoc/>
    public string Name => "motion-flow";

    /// <inheritdoc/>
    public int CountVisible(VideoTransformerShape shape) => shape.Slots * VisiblePlaces(shape);

    /// <inheritdoc/>
    public MotionRequest Motion(VideoTransformerShape shape) => new(MotionKind.Flow, shape.GridSide * FlowCellsAPlace);

    /// <inheritdoc/>
    public void Draw(MaskInput input, ref RandomStream random, Span<bool> hidden)
    {
        VideoTransformerShape shape = input.Shape;
        MotionField flow = input.Motion ?? OpticalFlow.Estimate(input.Pixels.Span, shape.Frames, shape.ImageSize, Motion(shape).Side);
        int[] turn = [.. Enumerable.Range(0, shape.SlotTokens)];
        random.Shuffle(turn.AsSpan());

        // As many Gaussians as a tube mask leaves places visible: 20 of 196 at .9.
        int chosen = shape.SlotTokens - (int)(ratio * shape.SlotTokens);
        var first = VisibilityMap.OfPlaces(turn.AsSpan(0, chosen), shape.GridSide, CellsAPlace);
        float[] sums = new float[shape.Tokens];
        int middle = MotionField.Middle(shape.Frames);
        first.AddTo(Slot(shape, sums, middle));
        Carry(shape, flow, first, middle, -1, sums);
        Carry(shape, flow, first, middle, 1, sums);
        for (int slot = 0; slot < shape.Slots; slot++)
        {
            ReadOnlyMemory<float> visibility = sums.AsMemory(slot * shape.SlotTokens, shape.SlotTokens);
            foreach (int place in turn.OrderByDescending(place => visibility.Span[place]).Skip(VisiblePlaces(shape)))
                hidden[(slot * shape.SlotTokens) + place] = true;
        }
    }

    private int VisiblePlaces(VideoTransformerShape shape) => (int)(((1 - ratio) * shape.SlotTokens) + Rounding);

    private static void Carry(VideoTransformerShape shape, MotionField flow, VisibilityMap first, int middle, int step, float[] sums)
    {
        VisibilityMap map = first;
        for (int frame = middle + step; frame >= 0 && frame < shape.Frames; frame += step)
        {
            map = map.Warped(flow, frame, first);
            map.AddTo(Slot(shape, sums, frame));
        }
    }

    private static Span<float> Slot(VideoTransformerShape shape, float[] sums, int frame) =>
        sums.AsSpan(frame / shape.TubeletSize * shape.SlotTokens, shape.SlotTokens);
}
