#pragma once
/// Sends a batch of cells through stages one after the other, in memory that is used again for the next batch.

#include <cstddef>
#include <cstdint>
#include <tuple>

#include <tepui/kernel/rng.hpp>
#include <tepui/stage/check.hpp>
#include <tepui/stage/fitting.hpp>

namespace tepui {

/// Buffers and scratch of stages that are fed with `Port`, in memory of `Place`. One per thread.
template <class Port, class Place, class... Stages>
struct rooms {
  using last_port = Port;
};
template <class Port, class Place, class Stage, class... Rest>
struct rooms<Port, Place, Stage, Rest...> {
  using out_port = port::given_t<Stage, Port>;
  using last_port = typename rooms<out_port, Place, Rest...>::last_port;
  typename out_port::template buffer<Place> out;
  scratch_t<Stage> scratch;
  rooms<out_port, Place, Rest...> behind;
};

/// The port that a view of counts enters by.
template <counts_like View>
using entry_port = port::counts<typename View::scale>;

/// Whether cells of this view can enter these stages: the scale fits, and the covariates that stages read are there.
/// errors does not compile, with one sentence, where they cannot
template <counts_like View, class... Stages>
[[nodiscard]] consteval bool check_entry() {
  if constexpr (sizeof...(Stages) > 0) {
    using first = std::tuple_element_t<0, std::tuple<Stages...>>;
    if constexpr (check_connection<entry_port<View>, first>() && port::accepts<typename first::takes, entry_port<View>>)
      return (check_covariates<Stages, typename View::covariate_list>() && ...);
    return false;
  }
  return true;
}

/// in     stages [I, I + rest), what flows into stage I, and the cells with every covariate that they carry
/// out    a view of what the last stage gives, alive as long as `room`
/// errors the caller has checked with check_entry
/// cost   no allocation once the rooms have grown to the largest batch
template <std::size_t I = 0, class Stages, class In, class Port, class Place, class Axis>
[[nodiscard]] auto flow_through(const Stages&, const In& in, rooms<Port, Place>&, const Axis&, std::uint64_t,
                                std::uint64_t) {
  return in;
}
template <std::size_t I = 0, class Stages, class In, class Port, class Place, class Axis, class Stage, class... Rest>
[[nodiscard]] auto flow_through(const Stages& stages, const In& in, rooms<Port, Place, Stage, Rest...>& room,
                                const Axis& cells, std::uint64_t seed, std::uint64_t step) {
  std::get<I>(stages)(in, room.out, room.scratch, kernel::draws(seed, I, step));
  room.out.cell_id.assign(cells.id.begin(), cells.id.end());
  if constexpr (sizeof...(Rest) > 0) {
    using next = std::tuple_element_t<0, std::tuple<Rest...>>;
    return flow_through<I + 1>(stages, room.out.view(cells.only(reads_t<next>{})), room.behind, cells, seed, step);
  } else {
    return room.out.view(cells);
  }
}

/// The same from a view of counts.
template <counts_like View, class... Stages, class Place>
[[nodiscard]] auto send_through(const std::tuple<Stages...>& stages, const View& view,
                                rooms<entry_port<View>, Place, Stages...>& room, std::uint64_t seed, std::uint64_t step = 0) {
  if constexpr (sizeof...(Stages) == 0) {
    return view;
  } else {
    using first = std::tuple_element_t<0, std::tuple<Stages...>>;
    return flow_through<0>(stages, view.with_cells(view.cells.only(reads_t<first>{})), room, view.cells, seed, step);
  }
}

}  // namespace tepui
