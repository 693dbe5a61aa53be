#include <tepui/encode/mean_of_vectors.hpp>

#include <doctest/doctest.h>

#include "laws/embedder_laws.hpp"
#include "laws/golden_layers.hpp"

namespace tepui::tests::mean_of_vectors_stage {
namespace {

TEST_CASE("the mean of token vectors keeps the laws of an encoder") {
  laws::encoder_of_vectors<5>(encode::mean_of_vectors{});
  laws::encoder_of_vectors<1, channel::value>(encode::mean_of_vectors{});
}

TEST_CASE("HEIMDALL's Average, whose padded tokens are tokens that are not there") {
  if (!shared_is_here()) return;
  const auto all = golden("encoders/embeds");
  token_vector_batch<> in;
  in.clear(6);
  for (int t = 0; t < 8; ++t) in.add_token(0);
  in.end_cell();
  for (int t = 0; t < 6; ++t) in.add_token(0);
  in.end_cell();
  const auto room = in.room_for_vectors();
  std::copy_n(all.begin(), room.size(), room.begin());  // the padding of the second cell lies at the end
  in.cell_id = {0, 1};
  embedding_batch<> out;
  no_scratch none;
  encode::mean_of_vectors{}(in.view(), out, none, {});
  check_near(std::span(out.value.data(), out.value.size()), golden("encoders/AverageEncoder.out"));
}

}  // namespace
}  // namespace tepui::tests::mean_of_vectors_stage
