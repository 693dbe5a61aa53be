#include <tepui/system/transcriptformer.hpp>

#include "system/golden_cells.hpp"

namespace tepui::tests::transcriptformer_system {
namespace {

TEST_CASE("TranscriptFormer's tokens and counts") {
  if (golden::missing()) return;
  const auto file = golden::read("transcriptformer.json");
  vocabulary words = golden::words_from(7);
  golden::add_word(words, "[PAD]", 5);
  const auto check = [&](const char* name, std::int32_t slots, float ceiling) {
    const system::transcriptformer<> system{.words = words, .slots = slots, .ceiling = ceiling};
    const auto got = golden::tokens(system, golden::counts());
    for (std::size_t c = 0; c < 6; ++c) {
      CAPTURE(c);
      CHECK(golden::padded(golden::ids_of(got, c), usize(slots), system.pads(40).id) ==
            golden::whole(file[name]["tokens"][c]));
      CHECK(golden::padded(golden::channel_of<channel::value>(got, c), usize(slots), system.pads(40).value) ==
            golden::numbers(file[name]["counts"][c]));
    }
  };
  check("max_len48", 48, 30);
  check("max_len16_clip5", 16, 5);
}

}  // namespace
}  // namespace tepui::tests::transcriptformer_system
