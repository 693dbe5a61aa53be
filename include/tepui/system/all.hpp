#pragma once
/// All published systems that the library knows by name.

#include <string>
#include <string_view>
#include <type_traits>

#include <tepui/system/cell2sentence.hpp>
#include <tepui/system/cellfm.hpp>
#include <tepui/system/geneformer.hpp>
#include <tepui/system/genept.hpp>
#include <tepui/system/gremln.hpp>
#include <tepui/system/heimdall.hpp>
#include <tepui/system/maxtoki.hpp>
#include <tepui/system/nicheformer.hpp>
#include <tepui/system/scbert.hpp>
#include <tepui/system/scfoundation.hpp>
#include <tepui/system/scgpt.hpp>
#include <tepui/system/state_se.hpp>
#include <tepui/system/tahoe_x1.hpp>
#include <tepui/system/teddy.hpp>
#include <tepui/system/transcriptformer.hpp>
#include <tepui/system/tripso.hpp>
#include <tepui/system/uce.hpp>

namespace tepui::system {

template <published... S>
struct list {
  /// Calls visit(std::type_identity<System>{}) for each of them.
  static void each(auto&& visit) { (visit(std::type_identity<S>{}), ...); }
  /// "geneformer-v1, geneformer-v2, ..."
  [[nodiscard]] static std::string names() {
    std::string out;
    ((out += (out.empty() ? "" : ", ") + std::string(S::name)), ...);
    return out;
  }
};

using all = list<geneformer_v1, geneformer_v2, maxtoki, teddy_g, teddy_x, nicheformer, tripso, scgpt, tahoe_x1, gremln,
                 transcriptformer<>, scbert, scfoundation, cellfm, uce<>, state_se, cell2sentence, genept_w, genept_s,
                 heimdall::geneformer, heimdall::scgpt, heimdall::scbert, heimdall::uce<>, heimdall::scfoundation>;

}  // namespace tepui::system
