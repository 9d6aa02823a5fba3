import '../../support/overHttp2';
import '../delivery.test';
