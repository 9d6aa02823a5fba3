import '../../support/overHttp2';
import '../queue.test';
