// The table of one instruction set.
#include "kernels.h"
#include "lanes.h"

namespace convoy {
namespace CONVOY_ISA {

void fused(const FusedArgs&);
void batchNormSums(const BatchNormSumsArgs&);
void batchNormStatistics(const BatchNormStatisticsArgs&);
void batchNormScale(const BatchNormScaleArgs&);
void batchNorm(const BatchNormArgs&);
void batchNormGradSums(const BatchNormGradArgs&);
void batchNormSlopes(const BatchNormSlopesArgs&);
void batchNormGrad(const BatchNormGradArgs&);
void groupNorm(const GroupNormArgs&);
void groupNormGrad(const GroupNormGradArgs&);
void groupNormSlopes(const GroupNormSlopesArgs&);
void winogradWeights(const float*, int64_t, int64_t, bool, float*);
void winograd(const WinogradArgs&);
void winogradSums(const ConvSumsArgs&);
void winogradGrad(const WinogradGradArgs&);
void conv1x1Weights(const float*, const float*, int64_t, int64_t, float*);
void conv1x1(const Conv1x1Args&);
void depthwiseWeights(const float*, const float*, int64_t, int64_t, bool, int64_t, float*);
void depthwise(const DepthwiseArgs&);
void expandDepthwise(const ExpandDepthwiseArgs&);
void depthwiseSums(const ConvSumsArgs&);
void weightGrad(const WeightGradArgs&);
void directWeights(const DirectWeightsArgs&);
void direct(const DirectArgs&);
void directSums(const ConvSumsArgs&);
void planar(const DirectArgs&);
void planarSums(const ConvSumsArgs&);
void directInputWeights(const DirectWeightsArgs&);
void directInputGrad(const DirectInputGradArgs&);
void fewRows(const FewRowsArgs&);
void maxPool(const PoolArgs&);
void maxPoolGrad(const PoolArgs&);
void avgPool(const PoolArgs&);
void avgPoolGrad(const PoolArgs&);
void reduceSum(const float*, float*, int64_t, int64_t, int64_t);
void reduceMax(const float*, float*, int64_t, int64_t, int64_t);
void sumPixels(const Images&, const float*, float*);
void segmentSum(const float*, float*, const int64_t*, int64_t);
void segmentExpand(const float*, float*, const int64_t*, int64_t);
void logSoftmax(const float*, float*, int64_t, int64_t);
void oneHot(const int32_t*, float*, int64_t, int64_t);
void relayout(const Images&, const void*, int64_t, void*, size_t);
void clearPadding(const Images&, float*);
void copy(const CopyArgs&);
void resize(const ResizeArgs&);
void resizeGrad(const ResizeArgs&);
void uniform(const UniformArgs&);
void norms(const float*, int64_t, float*);
double dot(const float*, const float*, int64_t);
void gather(const GatherArgs&);
void toBf16(const float*, uint16_t*, int64_t);
void fromBf16(const uint16_t*, float*, int64_t);
double multiplyAdds(int64_t, float*);
void packSigns(const float*, uint8_t*, int64_t);
void unpackSigns(const uint8_t*, float*, int64_t);
void packBytes(const uint8_t*, uint8_t*, int64_t, int);
void unpackBytes(const uint8_t*, uint8_t*, int64_t, int);
void compress(const CompressArgs&, CompressReport&);
const char* restore(const RestoreArgs&);
int64_t compressRoom();
int64_t compressLeast(const ValueGrid&);

extern const Kernels TABLE = {
    fused,
    batchNormSums, batchNormStatistics, batchNormScale, batchNorm, batchNormGradSums, batchNormSlopes,
    batchNormGrad, groupNorm, groupNormGrad, groupNormSlopes,
    WIDE, directWeights, direct, directSums, planar, planarSums, directInputWeights, directInputGrad,
    winogradWeights, winograd, winogradSums, winogradGrad,
    conv1x1Weights, conv1x1,
    depthwiseWeights, depthwise, expandDepthwise, depthwiseSums, weightGrad, fewRows,
    maxPool, maxPoolGrad, avgPool, avgPoolGrad,
    reduceSum, reduceMax, sumPixels, segmentSum, segmentExpand, logSoftmax, oneHot,
    relayout, clearPadding, copy, resize, resizeGrad,
    uniform, norms, dot, gather,
    toBf16, fromBf16, packSigns, unpackSigns, packBytes, unpackBytes,
    compress, restore, compressRoom, compressLeast,
    multiplyAdds,
};

}  // namespace CONVOY_ISA
}  // namespace convoy
