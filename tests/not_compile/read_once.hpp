// What many of the refused sources include. It is read once for all of them; see mended.cmake.
#include <tepui/compose/pipeline.hpp>
#include <tepui/embed/categories.hpp>
#include <tepui/embed/chromosome.hpp>
#include <tepui/embed/learned.hpp>
#include <tepui/embed/masked.hpp>
#include <tepui/embed/token_vectors.hpp>
#include <tepui/encode/mean_of_vectors.hpp>
#include <tepui/encode/transformer.hpp>
#include <tepui/encode/weighted_sum.hpp>
#include <tepui/objective/masked_genes.hpp>
#include <tepui/train/pretrain.hpp>
#include "compose/toy_stages.hpp"
