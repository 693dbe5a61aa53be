#pragma once
/// Training on several processes or machines that MPI has started together. Included by name: needs an MPI library.

#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <tuple>
#include <type_traits>

#include <tepui/flow/place.hpp>
#include <tepui/train/communicator.hpp>

namespace tepui::train {

/// Whoever started MPI stops it, unless an exception is on its way: the other ranks may be waiting for this one, and
/// stopping would wait for them. Then main says the sentence and ends with an error, and mpirun ends the others.
class mpi_session {
 public:
  mpi_session() {
    int running = 0;
    MPI_Initialized(&running);
    if (running != 0) return;
    int given = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &given);
    started_ = true;
  }
  ~mpi_session() {
    int stopped = 0;
    MPI_Finalized(&stopped);
    if (started_ && stopped == 0 && std::uncaught_exceptions() == exceptions_) MPI_Finalize();
  }
  mpi_session(const mpi_session&) = delete;
  mpi_session& operator=(const mpi_session&) = delete;

 private:
  int exceptions_ = std::uncaught_exceptions();
  bool started_ = false;
};

/// The processes that mpirun started; without mpirun, one.
/// in     make one on every rank, inside the `try` whose `catch` ends the program; call it from the thread that made it
/// errors bad_option where the number of ranks is no power of two; an error of MPI itself ends all ranks, MPI's default
/// cost   a sum sends and adds each number once for each doubling of the ranks, 1 MiB at a time; only the first allocates
/// repeat bit-equal on any number of ranks that is a power of two (communicator.hpp says when)
/// source recursive doubling: Thakur et al. 2005
class mpi_ranks {
 public:
  mpi_ranks() {
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    check_ranks(size_);
    MPI_Comm_dup(MPI_COMM_WORLD, &ranks_);  // messages of its own, whatever else the program sends
  }
  ~mpi_ranks() {
    if (ranks_ != MPI_COMM_NULL && std::uncaught_exceptions() == exceptions_) MPI_Comm_free(&ranks_);
  }
  mpi_ranks(const mpi_ranks&) = delete;
  mpi_ranks& operator=(const mpi_ranks&) = delete;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  void barrier() { MPI_Barrier(ranks_); }

  void sum(std::span<float> x) { add_up(x); }
  void sum(std::span<double> x) { add_up(x); }
  void sum(std::span<std::int64_t> x) { add_up(x); }
  void broadcast(std::span<float> x) { send_around(x); }
  void broadcast(std::span<double> x) { send_around(x); }
  void broadcast(std::span<std::int64_t> x) { send_around(x); }

 private:
  static constexpr std::size_t bytes_at_once = std::size_t{1} << 20;

  template <class T>
  static MPI_Datatype type_of() {
    if constexpr (std::is_same_v<T, float>) return MPI_FLOAT;
    else if constexpr (std::is_same_v<T, double>) return MPI_DOUBLE;
    else return MPI_INT64_T;
  }
  template <class T, class Work>
  static void each_piece(std::span<T> x, Work&& work) {
    for (constexpr std::size_t most = bytes_at_once / sizeof(T); !x.empty(); x = x.subspan(std::min(most, x.size())))
      work(x.first(std::min(most, x.size())));
  }

  template <class T>
  void add_up(std::span<T> x) {
    if (size_ == 1) return;
    auto& theirs = std::get<buffer_in<host, T>>(room_);
    each_piece(x, [&](std::span<T> mine) {
      const int n = static_cast<int>(mine.size());
      if (theirs.size() < mine.size()) theirs.resize(mine.size());
      for (int apart = 1; apart < size_; apart *= 2) {
        const int other = rank_ ^ apart;
        MPI_Sendrecv(mine.data(), n, type_of<T>(), other, 0, theirs.data(), n, type_of<T>(), other, 0, ranks_,
                     MPI_STATUS_IGNORE);
        // Both partners hold the same sum now: the half of the lower ranks stands left on both.
        if (rank_ < other)
          for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = mine[i] + theirs[i];
        else
          for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = theirs[i] + mine[i];
      }
    });
  }
  template <class T>
  void send_around(std::span<T> x) {
    if (size_ == 1) return;
    each_piece(x, [&](std::span<T> piece) {
      MPI_Bcast(piece.data(), static_cast<int>(piece.size()), type_of<T>(), 0, ranks_);
    });
  }

  mpi_session session_;
  int exceptions_ = std::uncaught_exceptions();
  int rank_ = 0, size_ = 1;
  MPI_Comm ranks_ = MPI_COMM_NULL;
  std::tuple<buffer_in<host, float>, buffer_in<host, double>, buffer_in<host, std::int64_t>> room_;
};
static_assert(communicator<mpi_ranks>);

}  // namespace tepui::train
